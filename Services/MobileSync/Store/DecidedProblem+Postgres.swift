import Commands
import Postgres

extension DecidedProblem: PostgresDecodable {
    init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        self = try JSONReader.decode(DecidedProblem.self, from: try String(postgres: bytes, type: type).utf8)
    }
}
