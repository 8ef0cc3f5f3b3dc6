/// A language that dCMMS speaks. The catalogue has a folder of its name (BCP 47).
public enum Language: String, CaseIterable, Codable, Sendable {
    case en, de, es, fr, pt, hi, zh, ar

    /// What people call their own language.
    public var name: String {
        switch self {
        case .en: "English"
        case .de: "Deutsch"
        case .es: "Español"
        case .fr: "Français"
        case .pt: "Português"
        case .hi: "हिन्दी"
        case .zh: "中文"
        case .ar: "العربية"
        }
    }

    /// The value of the attribute `dir` in HTML.
    public var direction: String { self == .ar ? "rtl" : "ltr" }

    /// The language of a tag such as `pt-BR`; `nil` for one that we do not speak.
    public init?(tag: some StringProtocol) {
        self.init(rawValue: tag.prefix { $0 != "-" }.lowercased())
    }
}
