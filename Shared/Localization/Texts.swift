import Foundation

/// The texts of daemons in one language: `texts(.loginErrorLocked, ["count": "3"])`.
public struct Texts: Sendable {
    public let language: Language
    private let messages: [String: Message]

    public init(in language: Language) {
        self.language = language
        messages = Self.catalogue[language] ?? [:]
    }

    /// A text with its values in it. One with several forms chooses by the whole number `count`.
    ///
    /// - Returns: Plain text: a page has to escape it.
    public func callAsFunction(_ key: TextKey, _ values: [String: String] = [:]) -> String {
        // The key itself: a page that lacks a word is better than none.
        let message = messages[key.rawValue]?.form(values["count"], in: language) ?? key.rawValue
        guard !values.isEmpty else { return message }
        var rest = message[...]
        var text = ""
        // Once from left to right, so that braces in a value stay as they are.
        while let found = rest.firstMatch(of: /\{([a-z]+)\}/) {
            text += rest[..<found.range.lowerBound]
            text += values[String(found.1)] ?? String(found.0)
            rest = rest[found.range.upperBound...]
        }
        return text + rest
    }

    /// The keys that have a text.
    var keys: Set<String> { Set(messages.keys) }

    /// A text, or its forms.
    private enum Message: Decodable, Sendable {
        case plain(String)
        case forms([PluralForm: String])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .plain(text)
            } else {
                self = .forms(try container.decode([PluralForm: String].self))
            }
        }

        func form(_ count: String?, in language: Language) -> String {
            switch self {
            case .plain(let text): text
            case .forms(let forms):
                forms[PluralForm(count.flatMap { Int($0) } ?? 0, in: language)] ?? forms[.other] ?? ""
            }
        }
    }

    /// The build has checked the files (`deploy/web/texts.py`).
    private static let catalogue: [Language: [String: Message]] = {
        var catalogue: [Language: [String: Message]] = [:]
        for file in EmbeddedTexts.all {
            guard let language = Language(rawValue: file.language),
                let messages = try? JSONDecoder().decode([String: Message].self, from: Data(file.text.utf8))
            else { continue }
            for (key, message) in messages { catalogue[language, default: [:]]["\(file.area).\(key)"] = message }
        }
        return catalogue
    }()
}
