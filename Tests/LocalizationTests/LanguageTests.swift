import Testing

@testable import Localization

/// In which language a page speaks to somebody.
@Suite struct LanguageTests {
    @Test(
        arguments: [
            // The choice comes before all else, if it is one of ours.
            ("de", "fr", "es", Language.de), ("xx", "fr", "es", .fr), ("", nil, "es", .es),
            // Then what the page was asked for in, best first.
            (nil, "nl fr-CA es", "de", .fr), (nil, "nl sv", "de", .de), (nil, "", "de", .de),
            // Then what the browser says.
            (nil, nil, "pt-BR,pt;q=0.9,en;q=0.8", .pt), (nil, nil, "nl, sv", .en), (nil, nil, nil, .en),
        ] as [(String?, String?, String?, Language)]
    )
    func theChoiceComesFirst(choice: String?, locales: String?, accepted: String?, language: Language) {
        #expect(Language.chosen(by: choice, locales: locales, accepted: accepted) == language)
    }

    @Test(
        arguments: [
            ("en;q=0.5, de;q=0.8", Language.de), ("en;q=0.5,nl,hi;q=0.7", .hi), ("ar;q=0, fr;q=0.1", .fr),
            // The first of several with the same weight.
            ("es,fr", .es), ("en;q=0.4,zh-Hans-CN;q=0.4", .en),
            // Case and spaces do not count.
            ("DE-at ; Q=0.9 , en ; q=0.2", .de),
            // What is not wanted, or can't be read, is not chosen.
            ("de;q=0", .en), ("de;q=much, fr;q=0.1", .fr), ("*", .en), ("*;q=0.5, zh;q=0.1", .zh), (",;,", .en),
            // Whole subtags only.
            ("den, eng, arc", .en),
        ] as [(String, Language)]
    )
    func aBrowsersWishesAreWeighed(header: String, language: Language) {
        #expect(Language.chosen(by: nil, accepted: header) == language)
    }

    @Test func onlyArabicRunsFromRightToLeft() {
        #expect(Language.allCases.filter { $0.direction == "rtl" } == [.ar])
        #expect(Language.allCases.allSatisfy { ["ltr", "rtl"].contains($0.direction) })
    }

    /// The examples of whole numbers that CLDR gives for each form.
    @Test(
        arguments: [
            (Language.en, "other", [0, 2, 16, 100, 1000]), (.en, "one", [1]), (.de, "one", [1]),
            (.de, "other", [0, 2, 100]),
            (.es, "one", [1]), (.es, "other", [0, 2, 100]), (.fr, "one", [0, 1]), (.fr, "other", [2, 17, 100]),
            (.pt, "one", [0, 1]), (.pt, "other", [2, 17, 100]), (.hi, "one", [0, 1]), (.hi, "other", [2, 17, 100]),
            (.zh, "other", [0, 1, 2, 15, 100]),
            (.ar, "zero", [0]), (.ar, "one", [1]), (.ar, "two", [2]), (.ar, "few", [3, 10, 103, 110, 1003]),
            (.ar, "many", [11, 26, 99, 111, 1011]), (.ar, "other", [100, 102, 200, 202, 1000, 10000]),
        ] as [(Language, String, [Int])]
    )
    func numbersTakeTheFormsOfTheirLanguage(language: Language, form: String, counts: [Int]) {
        for count in counts { #expect(PluralForm(count, in: language).rawValue == form, "\(count)") }
    }
}
