import Foundation
import Testing

@testable import Localization

/// The texts that are compiled into daemons.
@Suite struct TextsTests {
    @Test(arguments: Language.allCases) func everyLanguageHasEveryText(language: Language) {
        let texts = Texts(in: language)
        #expect(texts.keys == Set(TextKey.allCases.map(\.rawValue)))
        for key in TextKey.allCases {
            let text = texts(key, ["count": "5", "length": "12", "name": "Windward"])
            #expect(!text.isEmpty && text != key.rawValue, "\(key)")
            #expect(!text.contains("{") && !text.contains("}"), "\(key): \(text)")
        }
    }

    /// Nobody has left English in another language.
    @Test(arguments: Language.allCases.filter { $0 != .en }) func noTextIsEnglish(language: Language) {
        let texts = Texts(in: language)
        let english = Texts(in: .en)
        for key in TextKey.allCases { #expect(texts(key) != english(key), "\(key)") }
    }

    /// In its own script, whole texts have hardly any Latin letters.
    @Test(arguments: [(Language.hi, "Deva"), (.zh, "Hani"), (.ar, "Arab")]) func aTextIsInItsScript(
        language: Language,
        script: String
    ) {
        let ranges: [String: [ClosedRange<UInt32>]] = [
            "Deva": [0x900...0x97F], "Hani": [0x4E00...0x9FFF], "Arab": [0x600...0x6FF],
        ]
        let texts = Texts(in: language)
        for key in TextKey.allCases {
            let letters = texts(key, ["count": "5", "length": "12", "name": ""]).unicodeScalars
            #expect(letters.contains { letter in ranges[script]!.contains { $0.contains(letter.value) } }, "\(key)")
        }
    }

    @Test func aTextChoosesItsFormByTheCount() {
        let german = Texts(in: .de)
        #expect(german(.loginErrorLocked, ["count": "1"]).contains("in einer Minute"))
        #expect(german(.loginErrorLocked, ["count": "15"]).contains("in 15 Minuten"))
        let arabic = Texts(in: .ar)
        #expect(Set(["1", "2", "3", "15"].map { arabic(.loginErrorLocked, ["count": $0]) }).count == 4)
        #expect(arabic(.loginErrorLocked, ["count": "3"]).contains("3 دقائق"))
        #expect(Texts(in: .zh)(.loginErrorLocked, ["count": "1"]).contains("1 分钟"))
    }

    /// What a person is called is no part of the text's form.
    @Test func bracesInAValueStayAsTheyAre() {
        #expect(Texts(in: .en)(.loginOrganization, ["name": "{name} & {count}"]) == "Organization: {name} & {count}")
        #expect(Texts(in: .en)(.loginOrganization) == "Organization: {name}")
    }
}
