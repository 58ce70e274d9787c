// toml++, made safe for hostile text: its parser's assertions (met by a key that begins with a control character) become parse errors. Without this
// header they abort a debug build and are undefined behaviour in a release. The layers test refuses a direct include.
#pragma once
#include <expected>
#include <stdexcept>
#include <string_view>

#ifdef TOML_EXCEPTIONS
#error "toml++ throws in this house: parse with drivers::parse_toml, which gives the error back"
#endif

namespace drivers {
struct TomlAssertion : std::logic_error {
    using std::logic_error::logic_error;
};
}  // namespace drivers

#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expr) ((expr) ? void() : throw ::drivers::TomlAssertion(#expr))
#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

namespace drivers {

/// The text's root table, or what is wrong and where (line 0: the parser gave up on a character that it did not expect).
[[nodiscard]] inline std::expected<toml::table, toml::parse_error> parse_toml(std::string_view text) {
    try {
        return toml::parse(text);
    } catch (const toml::parse_error& error) {
        return std::unexpected(error);
    } catch (const TomlAssertion&) {
        return std::unexpected(toml::parse_error("a character that cannot stand here", toml::source_position{}));
    }
}

}  // namespace drivers
