/// Whether what was written with one schema can be read with another.
public enum SchemaCompatibility {
    /// What stands in the way of reading `writer`'s data with `reader`, each with the path to it; empty when nothing does.
    public static func problems(writer: AvroSchema, reader: AvroSchema, path: String = "") -> [String] {
        func problem(_ what: String) -> [String] { ["\(path.isEmpty ? "the schema" : path): \(what)"] }
        switch (writer, reader) {
        case (.union(let written), _):
            return written.flatMap { problems(writer: $0, reader: reader, path: path) }
        case (_, .union(let known)):
            let readable = known.contains { problems(writer: writer, reader: $0, path: path).isEmpty }
            return readable ? [] : problem("\(writer.name) is none of the reader's union")
        case (.null, .null), (.boolean, .boolean), (.int, .int), (.int, .long), (.int, .float), (.int, .double),
            (.long, .long), (.long, .float), (.long, .double), (.long, .timestampMicros), (.timestampMicros, .long),
            (.timestampMicros, .timestampMicros), (.float, .float), (.float, .double), (.double, .double),
            (.string, .string), (.string, .bytes), (.bytes, .string), (.bytes, .bytes), (.uuid, .uuid),
            (.uuid, .string), (.string, .uuid):
            return []
        case (.decimal(_, let scale), .decimal(_, let other)):
            return scale == other ? [] : problem("the scale changes from \(scale) to \(other)")
        case (.fixed(_, let size), .fixed(_, let other)):
            return size == other ? [] : problem("the size changes from \(size) to \(other)")
        case (.enumeration(let written), .enumeration(let known)):
            let unknown = written.symbols.filter { !known.symbols.contains($0) }
            guard !unknown.isEmpty, known.fallback == nil else { return [] }
            return problem("the reader does not know \(unknown.joined(separator: ", ")) and has no default")
        case (.array(let written), .array(let known)):
            return problems(writer: written, reader: known, path: "\(path)[]")
        case (.map(let written), .map(let known)):
            return problems(writer: written, reader: known, path: "\(path){}")
        case (.record(let written), .record(let known)):
            let prefix = path.isEmpty ? "" : "\(path)."
            let shared = written.fields.flatMap { field in
                known.field(for: field).map {
                    problems(writer: field.schema, reader: $0.schema, path: prefix + field.name)
                } ?? []
            }
            let missing = known.fields.filter { field in
                field.fallback == nil && !written.fields.contains { known.field(for: $0)?.name == field.name }
            }
            return shared + missing.map { "\(prefix)\($0.name): the writer lacks it and it has no default" }
        default:
            return problem("\(writer.name) can't be read as \(reader.name)")
        }
    }
}
