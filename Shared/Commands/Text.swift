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

extension StringProtocol {
    /// At most this many Unicode scalars from the beginning. One character may consist of any number of scalars, so a count of characters
    /// does not limit the size of a text.
    public func prefix(scalars limit: Int) -> String {
        String(String.UnicodeScalarView(unicodeScalars.prefix(limit)))
    }
}
