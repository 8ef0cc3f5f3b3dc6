/// Whether what was written with one schema can be read with another (specification 1.11, "Schema Resolution").
public enum SchemaCompatibility {
    /// What prevents reading `writer`'s data with `reader`, each with the path to the field and the rule that is
    /// broken; empty when nothing does. Schemas that would take seconds to compare are a problem as well.
    public static func problems(writer: AvroSchema, reader: AvroSchema) -> [String] {
        var comparison = Comparison()
        do {
            return try comparison.problems(writer, reader, path: "")
        } catch {
            return ["the schemas are too large, or differ in too much, to be compared"]
        }
    }
}

/// One comparison of two schemas. Every pair of records is looked at once, however often it is mentioned: so recursion ends, and
/// no schema makes this take long.
private struct Comparison {
    private struct Pair: Hashable {
        let writer: String
        let reader: String
    }

    private enum Verdict {
        /// Being compared: a mention of the pair inside itself adds nothing.
        case open
        case readable
        case unreadable
    }

    private struct TooMuch: Error {}

    /// Steps, and bytes of messages: two unions are compared branch by branch, and a path may be long.
    private var effort = 0
    private static let maxEffort = 5_000_000

    private var verdicts: [Pair: Verdict] = [:]
    private var writerRecords: [String: AvroSchema.Record] = [:]
    private var readerRecords: [String: AvroSchema.Record] = [:]

    private mutating func spend(_ effort: Int) throws(TooMuch) {
        self.effort += effort
        guard self.effort <= Self.maxEffort else { throw TooMuch() }
    }

    mutating func problems(_ writer: AvroSchema, _ reader: AvroSchema, path: String) throws -> [String] {
        func problem(_ what: String) throws -> [String] {
            try spend(path.utf8.count + what.utf8.count)
            return ["\(path.isEmpty ? "the schema" : path): \(what)"]
        }
        try spend(10 + path.utf8.count / 16)
        switch (writer.base, reader.base) {
        case (.recursion(let name), _):
            guard let record = writerRecords[name] else { return try problem("\(name) is not known") }
            return try problems(.record(record), reader, path: path)
        case (_, .recursion(let name)):
            guard let record = readerRecords[name] else { return try problem("\(name) is not known") }
            return try problems(writer, .record(record), path: path)
        case (.union(let written), _):
            return try written.flatMap { try problems($0, reader, path: path) }
        case (_, .union(let known)):
            for branch in known {
                if try problems(writer, branch, path: path).isEmpty { return [] }
            }
            return try problem("\(writer.name) is none of the reader's union")
        case (.bytes, .bytes):
            guard case .decimal(_, let scale) = writer, case .decimal(_, let other) = reader, scale != other else {
                return []
            }
            return try problem("the scale changes from \(scale) to \(other)")
        case (.null, .null), (.boolean, .boolean), (.int, .int), (.int, .long), (.int, .float), (.int, .double),
            (.long, .long), (.long, .float), (.long, .double), (.float, .float), (.float, .double), (.double, .double),
            (.string, .string), (.string, .bytes), (.bytes, .string):
            return []
        case (.fixed(let written), .fixed(let known)):
            guard isSame(written.name, known.name, known.aliases) else {
                return try problem(renamed(written.name, known.name))
            }
            guard written.size != known.size else { return [] }
            return try problem("the size changes from \(written.size) to \(known.size)")
        case (.enumeration(let written), .enumeration(let known)):
            guard isSame(written.name, known.name, known.aliases) else {
                return try problem(renamed(written.name, known.name))
            }
            let symbols = Set(known.symbols)
            let unknown = written.symbols.filter { !symbols.contains($0) }
            guard !unknown.isEmpty, known.fallback == nil else { return [] }
            return try problem("the reader does not know \(unknown.joined(separator: ", ")) and has no default")
        case (.array(let written), .array(let known)):
            return try problems(written, known, path: "\(path)[]")
        case (.map(let written), .map(let known)):
            return try problems(written, known, path: "\(path){}")
        case (.record(let written), .record(let known)):
            guard isSame(written.name, known.name, known.aliases) else {
                return try problem(renamed(written.name, known.name))
            }
            let pair = Pair(writer: written.name, reader: known.name)
            switch verdicts[pair] {
            case .open, .readable: return []
            case .unreadable: return try problem("\(writer.name) can't be read as \(reader.name), as said before")
            case nil: break
            }
            verdicts[pair] = .open
            writerRecords[written.name] = written
            readerRecords[known.name] = known
            let found = try problems(in: written, known, path: path)
            verdicts[pair] = found.isEmpty ? .readable : .unreadable
            return found
        default:
            return try problem("\(writer.name) can't be read as \(reader.name)")
        }
    }

    private mutating func problems(
        in written: AvroSchema.Record,
        _ known: AvroSchema.Record,
        path: String
    ) throws -> [String] {
        let prefix = path.isEmpty ? "" : "\(path)."
        let sources = Dictionary(written.fields.map { ($0.name, $0) }) { first, _ in first }
        return try known.fields.flatMap { field -> [String] in
            if let source = sources[field.name] ?? field.aliases.lazy.compactMap({ sources[$0] }).first {
                return try problems(source.schema, field.schema, path: prefix + field.name)
            }
            guard field.fallback == nil else { return [] }
            try spend(prefix.utf8.count + field.name.utf8.count)
            return ["\(prefix)\(field.name): the writer lacks it and it has no default"]
        }
    }

    /// Names count without their namespaces; the reader's aliases count with them.
    private func isSame(_ writer: String, _ reader: String, _ aliases: [String]) -> Bool {
        writer.unqualified == reader.unqualified || aliases.contains(writer)
    }

    private func renamed(_ writer: String, _ reader: String) -> String {
        "\(writer) is renamed to \(reader), which does not name it as an alias"
    }
}
