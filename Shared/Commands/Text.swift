extension StringProtocol {
    /// The text with a question mark for each control character: for a client's text in a message that a store must hold.
    var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }
            )
        )
    }
}
