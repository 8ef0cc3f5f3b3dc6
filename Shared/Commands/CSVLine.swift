/// Writes comma-separated values (RFC 4180), for spreadsheets.
public enum CSVLine {
    /// What a file for a spreadsheet begins with: without it, some take UTF-8 for another encoding. ``CSVReader`` skips it.
    public static let byteOrderMark = "\u{FEFF}"

    /// Appends a line; `nil` is an empty cell.
    public static func append(_ cells: [String?], to bytes: inout [UInt8]) {
        bytes.append(contentsOf: cells.map { cell($0 ?? "") }.joined(separator: ",").utf8)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Spreadsheets take what begins with these letters for a formula, and carry it out: an apostrophe makes it text.
    private static func cell(_ text: String) -> String {
        let isFormula = text.unicodeScalars.first.map { "=+-@\t\r\n".unicodeScalars.contains($0) } ?? false
        let safe = isFormula ? "'\(text)" : text
        guard safe.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return safe }
        return "\"\(safe.replacing("\"", with: "\"\""))\""
    }
}
