// The words of the screens: two TOML files with the same keys. A key that is missing, or missing in one language, is an error at start.
#pragma once
#include "kiosk/screens.hpp"
#include "kiosk/texts.hpp"

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace ui {

/// Puts lettering's bold marks in place of `**` (the files' and the notice's notation).
[[nodiscard]] std::string with_bold(std::string_view text);
/// All of it bold.
[[nodiscard]] std::string bold(std::string_view text);

/// A place in a text, {name}, and what stands there.
struct Fill {
    std::string_view name;
    std::string value;
};
using Fills = std::initializer_list<Fill>;

inline constexpr std::size_t max_text_file = 256 * 1024;  ///< bytes

class Texts {
  public:
    /// zh-CN.toml and en.toml of `dir`. bad_configuration names the file and the first key that is wrong.
    [[nodiscard]] static drivers::Result<Texts> load(const std::filesystem::path& dir);
    /// As load, from memory.
    [[nodiscard]] static drivers::Result<Texts> parse(std::string_view zh, std::string_view en);

    [[nodiscard]] bool has(kiosk::Language language, std::string_view key) const;
    /// An unknown key is a bug: it gives "<key>", which the tests look for.
    [[nodiscard]] const std::string& say(kiosk::Language language, std::string_view key) const;
    [[nodiscard]] std::string say(kiosk::Language language, std::string_view key, Fills fills) const;

  private:
    kiosk::TextTable zh_, en_;
    mutable kiosk::TextTable unknown_;
};

/// Every key that the screens, their enumerators and the fault catalogue ask for.
[[nodiscard]] std::vector<std::string> required_keys();

/// 0-based names of enumerators, as they stand in keys and in the automation's fields.
[[nodiscard]] std::string_view name_of(kiosk::DocumentState v);
[[nodiscard]] std::string_view name_of(kiosk::Whose v);
[[nodiscard]] std::string_view name_of(kiosk::PageGuide v);
[[nodiscard]] std::string_view name_of(kiosk::ChooseRelation::Answer v);
[[nodiscard]] std::string_view name_of(kiosk::PleaseWait::What v);
[[nodiscard]] std::string_view name_of(kiosk::StandingKind v);
[[nodiscard]] std::string_view name_of(kiosk::CallStaff::Why v);
/// Where the words of a reason stand: photo.too_far, photo.off_centre.left. A side for which there are no words of its own is left out; where there are,
/// no side gives .none. Advisory reasons have words for staff.
[[nodiscard]] std::string photo_key(camera::Reason reason, camera::Side side = camera::Side::none);
[[nodiscard]] std::string_view name_of(kiosk::PinRefusal v);
[[nodiscard]] std::string_view name_of(kiosk::MakeStage v);
[[nodiscard]] std::string_view name_of(kiosk::GoToWindow::Why v);
[[nodiscard]] std::string_view name_of(kiosk::StaffNote::What v);
[[nodiscard]] std::string_view name_of(kiosk::Progress v);

// ---- numbers as they stand on documents --------------------------------------------------------------------------
[[nodiscard]] std::string group_id_number(std::string_view number);  ///< 450103 19570916 121X
[[nodiscard]] std::string group_id_typing(std::string_view number);  ///< the same while it is being typed: 450103 1957
[[nodiscard]] std::string group_date(std::string_view digits);       ///< 1957-09-16, also while it is being typed
[[nodiscard]] std::string group_mobile(std::string_view digits);     ///< 138 0000 1234, also while it is being typed
[[nodiscard]] std::string group_reference(std::string_view digits);  ///< 482 617
[[nodiscard]] std::string minutes_seconds(int seconds);              ///< 0:32
/// The two-digit key of a GB code, or the empty string when there is no such text ("08").
[[nodiscard]] std::string two_digits(int code);

}  // namespace ui
