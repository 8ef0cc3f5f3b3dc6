public import Foundation

extension String {
    /// The text in normal form C (Unicode Standard Annex 15): what our stores, our events and our comparisons see.
    public var normalForm: String {
        utf8.allSatisfy { $0 < 0x80 } ? self : precomposedStringWithCanonicalMapping
    }
}

extension StringProtocol {
    /// The text with a question mark for each control character: what somebody sent, in a message that a store must hold.
    var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }
            )
        )
    }
}

extension Date {
    /// Parses a time as RFC 3339 writes it.
    public init?(rfc3339 text: String) {
        let style = Date.ISO8601FormatStyle.iso8601.year().month().day().time(includingFractionalSeconds: true)
            .timeZone(separator: .omitted)
        let date = (try? Date(text, strategy: style)) ?? (try? Date(text, strategy: .iso8601))
        guard let date else { return nil }
        self = date
    }
}
