import Commands
import Postgres

/// A `jsonb` column.
extension Metadata: PostgresEncodable, PostgresDecodable {
    static var postgresType: UInt32 { JSONB.postgresType }

    func encode(into bytes: inout [UInt8]) {
        // Texts always have a JSON form.
        JSONB((try? JSONWriter.text(entries)) ?? "[]").encode(into: &bytes)
    }

    init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        self.init(try JSONReader.decode([Entry].self, from: try JSONB(postgres: bytes, type: type).text.utf8))
    }
}
