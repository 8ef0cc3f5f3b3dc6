import Commands

/// A table of people to invite, as a spreadsheet writes it: one line each, and a first line with the columns' names.
struct UserTable: Sendable {
    struct Line: Sendable {
        var number: Int
        var user: CreateUser
    }

    /// The most people of one table.
    static let most = 500

    let lines: [Line]

    /// - Throws: ``InvalidInput`` with all that is wrong: the field is `line 3: email`.
    init(csv: String) throws {
        let rows = try CSVReader.rows(of: csv)
        var errors = FieldErrors()
        guard let header = rows.first else { throw InvalidInput("csv", .empty) }
        let columns = try Self.columns(header)
        errors.require(rows.count > 1, "csv", FieldRule(code: "no_lines", "has no line below the names of the columns"))
        errors.require(rows.count <= Self.most + 1, "csv", .people(Self.most))
        try errors.check()
        let reader = try InputReader<CreateUser>()
        var lines: [Line] = []
        var seen: [String: Int] = [:]
        for row in rows.dropFirst() {
            do {
                let user = try reader.read(Self.json(row, columns))
                if let first = seen.updateValue(row.line, forKey: user.email.lowercased()) {
                    errors.add("line \(row.line): email", .sameAs(line: first))
                }
                lines.append(Line(number: row.line, user: user))
            } catch let error as InvalidInput {
                for each in error.errors { errors.add(each, at: "line \(row.line): ") }
            }
        }
        try errors.check()
        self.lines = lines
    }

    fileprivate enum Column: String, CaseIterable {
        case email, code, firstName, lastName, displayName, phone, roles, siteIds, assetIds, teamId, employment, skills

        /// Whether a field has several values, separated by commas or semicolons.
        var isList: Bool { [.roles, .siteIds, .assetIds, .skills].contains(self) }
    }

    private static func columns(_ header: CSVReader.Row) throws -> [Column] {
        var errors = FieldErrors()
        var columns: [Column] = []
        for name in header.fields.map({ $0.filter { !$0.isWhitespace } }) {
            // The singular is as good.
            let wanted = Column.allCases.first { [$0.rawValue, String($0.rawValue.dropLast())].contains(name) }
            if let wanted, !columns.contains(wanted) {
                columns.append(wanted)
            } else {
                errors.add(
                    "line \(header.line): \(name)",
                    wanted == nil ? .unknownColumn : .duplicate("is there twice")
                )
            }
        }
        errors.require(columns.contains(.email), "line \(header.line)", .columnMissing(.email))
        try errors.check()
        return columns
    }

    private static func json(_ row: CSVReader.Row, _ columns: [Column]) throws -> JSONValue {
        guard row.fields.count <= columns.count else {
            throw InvalidInput("fields", FieldRule(code: "too_many_cells", "must be as many as in the first line"))
        }
        var texts: [Column: String] = [:]
        for (column, field) in zip(columns, row.fields) {
            let text = field.trimmed
            if !text.isEmpty { texts[column] = text }
        }
        var members: [String: JSONValue] = ["roles": []]
        for (column, text) in texts {
            members[column.rawValue] =
                column.isList
                ? .array(text.split { $0 == "," || $0 == ";" }.map { .string(String($0).trimmed) }) : .string(text)
        }
        return .object(members)
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}

extension FieldRule {
    fileprivate static let empty = FieldRule(code: "empty_table", "is empty")

    fileprivate static func people(_ most: Int) -> FieldRule {
        FieldRule(code: "too_many", "must have at most \(most) people", ["maximum": "\(most)"])
    }

    fileprivate static func sameAs(line: Int) -> FieldRule {
        FieldRule(code: "same_as_line", "is the same as in line \(line)", ["line": "\(line)"])
    }

    fileprivate static var unknownColumn: FieldRule {
        let known = UserTable.Column.allCases.map(\.rawValue).joined(separator: ", ")
        return FieldRule(code: "unknown_column", "is none of \(known)", ["allowed": known])
    }

    fileprivate static func columnMissing(_ column: UserTable.Column) -> FieldRule {
        FieldRule(code: "column_missing", "must have a column \(column.rawValue)", ["column": column.rawValue])
    }
}
