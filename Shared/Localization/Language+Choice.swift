extension Language {
    /// The language of a page for a person.
    ///
    /// - Parameters:
    ///   - choice: What they have chosen here before.
    ///   - locales: The tags that the page was asked for in, best first and with spaces between them (`ui_locales` of OpenID Connect Core,
    ///     section 3.1.2.1).
    ///   - accepted: What their browser says (`Accept-Language`).
    /// - Returns: The first of these that we speak, or else English.
    public static func chosen(by choice: String?, locales: String? = nil, accepted: String? = nil) -> Language {
        choice.flatMap { Language(tag: $0) }
            ?? locales?.split(separator: " ").lazy.compactMap { Language(tag: $0) }.first
            ?? accepted.flatMap(preferred)
            ?? .en
    }

    /// The first of the languages with the highest weight (RFC 9110, section 12.5.4). `*` says nothing about ours.
    private static func preferred(in header: String) -> Language? {
        var best: (language: Language, weight: Double)?
        for part in header.split(separator: ",") {
            let pieces = part.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
            guard let language = pieces.first.flatMap({ Language(tag: $0) }) else { continue }
            let quality = pieces.dropFirst().first { $0.lowercased().hasPrefix("q=") }
            // A weight that can't be read counts as 0: the language is not wanted.
            let weight = quality.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if weight > best?.weight ?? 0 { best = (language, weight) }
        }
        return best?.language
    }
}
