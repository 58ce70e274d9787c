// Writes ICU's Mandarin readings (Unicode's kMandarin) of every ideograph in the dictionaries' format: how the rare ones come onto the pinyin keyboard.
// Runs while the house is built; nothing of the kiosk is in here.
#include <cstdio>
#include <fstream>
#include <string>
#include <unicode/translit.h>
#include <unicode/uchar.h>

int main(int argc, char** argv) {
    if (argc != 2) return std::fputs("usage: han_readings FILE\n", stderr), 2;
    UErrorCode error = U_ZERO_ERROR;
    UParseError where{};
    icu::Transliterator* made = icu::Transliterator::createInstance("Han-Latin; Lower", UTRANS_FORWARD, error);
    // ü is typed as v; tones are not typed.
    icu::Transliterator* plain = icu::Transliterator::createFromRules(
        "Pinyin-Plain", icu::UnicodeString::fromUTF8(":: NFC; [ü ǖ ǘ ǚ ǜ] > v; :: Null; :: Latin-ASCII;"), UTRANS_FORWARD, where, error);
    if (U_FAILURE(error)) return std::fprintf(stderr, "han_readings: %s\n", u_errorName(error)), 1;
    icu::UnicodeString all;
    for (UChar32 c = 0x3400; c <= 0x3FFFF; ++c)
        if (u_hasBinaryProperty(c, UCHAR_UNIFIED_IDEOGRAPH)) all.append(c).append(u'\n');
    icu::UnicodeString spoken = all;
    made->transliterate(spoken);
    plain->transliterate(spoken);
    delete made;
    delete plain;
    std::ofstream out(argv[1], std::ios::binary);
    out << "# Mandarin readings of ICU " U_ICU_VERSION " (Unicode's kMandarin), made while this was built.\n...\n";
    std::int32_t from = 0, spoken_from = 0;
    int written = 0;
    while (from < all.length()) {
        const auto to = all.indexOf(u'\n', from), spoken_to = spoken.indexOf(u'\n', spoken_from);
        if (to < 0 || spoken_to < 0) return std::fputs("han_readings: lines were lost\n", stderr), 1;
        std::string character, reading;
        all.tempSubStringBetween(from, to).toUTF8String(character);
        spoken.tempSubStringBetween(spoken_from, spoken_to).toUTF8String(reading);
        if (reading != character && reading.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos) out << character << '\t' << reading << "\t0\n", ++written;
        from = to + 1;
        spoken_from = spoken_to + 1;
    }
    out.flush();
    return out && written > 20'000 ? 0 : (std::fputs("han_readings: too little was written\n", stderr), 1);
}
