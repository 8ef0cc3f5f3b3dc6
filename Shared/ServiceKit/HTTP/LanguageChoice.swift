public import HTTPTypes
public import Localization

extension Language {
    /// The language of a page that answers a request: the person's choice, or the first of the others that we speak, or English.
    ///
    /// - Parameter locales: What the page was asked for in (`ui_locales`).
    public init(of headers: HTTPFields, locales: String? = nil) {
        self = .chosen(by: LanguageCookie.value(in: headers), locales: locales, accepted: headers[.acceptLanguage])
    }
}

/// The cookie of the language that somebody has chosen: the console reads and writes it as well (`Web/shared/localization`).
public enum LanguageCookie {
    static let name = "dcmms.language"
    /// A year.
    private static let lifetime = 31_536_000

    static func value(in headers: HTTPFields) -> String? {
        HostCookie.pairs(headers).first { $0.name == name }.map { String($0.value) }
    }

    /// A `Set-Cookie`.
    ///
    /// - Parameter isSecure: Whether browsers come over TLS.
    public static func setting(_ language: Language, isSecure: Bool) -> String {
        "\(name)=\(language.rawValue); Max-Age=\(lifetime); Path=/; SameSite=Lax\(isSecure ? "; Secure" : "")"
    }
}

/// Lets the reader of a page choose its language: a form, which needs no script.
public struct LanguageMenu: Sendable {
    private let path: String
    private let fields: [(name: String, value: String)]

    /// - Parameters:
    ///   - path: Where the page is. It gets the choice as `?language=de`.
    ///   - fields: What it needs besides.
    public init(at path: String, _ fields: [(name: String, value: String)] = []) {
        self.path = path
        self.fields = fields
    }

    func html(_ texts: Texts) -> String {
        let buttons = Language.allCases.map { language in
            let current = language == texts.language ? " aria-current=\"true\"" : ""
            return """
                <button name="language" value="\(language.rawValue)" lang="\(language.rawValue)"\(current)>\
                \(language.name)</button>
                """
        }
        return """
            <details id="languages"><summary><svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.5"
            aria-hidden="true"><circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18"/></svg>
            <span class="visually-hidden">\(texts.html(.language)):</span> \(texts.language.name)</summary>
            <form method="get" action="\(path.escapedForHTML)">\(PlainPage.hidden(fields))\(buttons.joined())</form></details>
            """
    }
}

extension Texts {
    /// A text as HTML shows it, with its values.
    public func html(_ key: TextKey, _ values: [String: String] = [:]) -> String { self(key, values).escapedForHTML }
}
