/// Reads comma-separated values (RFC 4180). Lines may end in CRLF or LF, and a byte order mark at the beginning, as spreadsheets write it,
/// is skipped. A semicolon separates instead of a comma if the first line has only semicolons, as spreadsheets of some languages write it.
public enum CSVReader {
    /// A row with its fields.
    public struct Row: Hashable, Sendable {
        /// The line on which it begins; the first one is 1.
        public var line: Int
        public var fields: [String]
    }

    /// - Returns: The rows, without empty lines.
    /// - Throws: ``InvalidInput`` for a quote that is not closed, or stands where none can, with its line.
    public static func rows(of text: String) throws -> [Row] {
        var reader = Reader(text)
        return try reader.read()
    }

    private struct Reader {
        private let characters: [Unicode.Scalar]
        private let separator: Unicode.Scalar
        private var position = 0
        private var line = 1

        init(_ text: String) {
            let scalars =
                text.unicodeScalars.first == "\u{FEFF}" ? text.unicodeScalars.dropFirst() : text.unicodeScalars[...]
            characters = Array(scalars)
            let first = scalars.prefix { $0 != "\n" }
            separator = first.contains(";") && !first.contains(",") ? ";" : ","
        }

        mutating func read() throws -> [Row] {
            var rows: [Row] = []
            while position < characters.count {
                let row = Row(line: line, fields: try fields())
                if row.fields != [""] { rows.append(row) }
            }
            return rows
        }

        private mutating func fields() throws -> [String] {
            var fields: [String] = []
            while true {
                fields.append(next == "\"" ? try quoted() : plain())
                guard next == separator else { break }
                position += 1
            }
            if next == "\r" { position += 1 }
            guard next == nil || next == "\n" else {
                throw wrong(FieldRule(code: "text_after_quotes", "a quoted field goes on behind its quotes"))
            }
            position += 1
            line += 1
            return fields
        }

        private var next: Unicode.Scalar? { position < characters.count ? characters[position] : nil }

        private mutating func plain() -> String {
            var field = String.UnicodeScalarView()
            while let character = next, character != separator, character != "\n" {
                let endsLine = position + 1 == characters.count || characters[position + 1] == "\n"
                if character == "\r", endsLine { break }
                field.append(character)
                position += 1
            }
            return String(field)
        }

        private mutating func quoted() throws -> String {
            let start = line
            var field = String.UnicodeScalarView()
            position += 1
            while let character = next {
                position += 1
                if character == "\"" {
                    guard next == "\"" else { return String(field) }
                    position += 1
                } else if character == "\n" {
                    line += 1
                }
                field.append(character)
            }
            line = start
            throw wrong(FieldRule(code: "quote_open", "a quote is not closed"))
        }

        private func wrong(_ rule: FieldRule) -> InvalidInput { InvalidInput("line \(line)", rule) }
    }
}
