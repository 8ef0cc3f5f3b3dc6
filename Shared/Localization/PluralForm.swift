/// The form that a noun has after a number (the cardinal categories of CLDR, "Language Plural Rules", for whole numbers).
enum PluralForm: String, Codable, CodingKeyRepresentable, Sendable {
    case zero, one, two, few, many, other

    /// - Parameter count: Not negative.
    init(_ count: Int, in language: Language) {
        switch language {
        case .en, .de, .es: self = count == 1 ? .one : .other
        case .fr, .pt, .hi: self = count <= 1 ? .one : .other
        case .zh: self = .other
        case .ar:
            switch (count, count % 100) {
            case (0, _): self = .zero
            case (1, _): self = .one
            case (2, _): self = .two
            case (_, 3...10): self = .few
            case (_, 11...99): self = .many
            default: self = .other
            }
        }
    }
}
