import Avro
import Foundation

/// A schema as the registry keeps it.
struct RegisteredSchema: Sendable {
    /// As it was given, without white space between its parts.
    let text: String
    /// The same for two texts that say the same: the order of attributes does not count.
    let identity: String
    /// nil: not Avro; another registry wrote it.
    let parsed: AvroSchema?

    /// What somebody wants to register, and what is read back from the log.
    ///
    /// - Throws: `AvroError` when it is no Avro schema.
    init(avro text: String) throws {
        parsed = try AvroSchema(json: text.utf8, allowingRecursion: true)
        let json = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
        let canonical = try JSONSerialization.data(
            withJSONObject: json,
            options: [.sortedKeys, .fragmentsAllowed, .withoutEscapingSlashes]
        )
        identity = String(decoding: canonical, as: UTF8.self)
        self.text = Self.compact(text)
    }

    /// A schema of another type, of which only the id counts: it must not be given away.
    init(foreign text: String, type: String) {
        self.text = text
        identity = "\(type) \(text)"
        parsed = nil
    }

    private static func compact(_ json: String) -> String {
        var (isString, isEscaped) = (false, false)
        let kept = json.utf8.filter { byte in
            if isString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isString = false
                }
                return true
            }
            if byte == UInt8(ascii: "\"") { isString = true }
            return byte > UInt8(ascii: " ")
        }
        return String(decoding: kept, as: UTF8.self)
    }
}
