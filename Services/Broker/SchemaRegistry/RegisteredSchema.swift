import Avro
import Foundation

/// A schema as the registry keeps it.
struct RegisteredSchema: Sendable {
    /// As it was given, without white space between its parts.
    let text: String
    /// Equal for two texts with the same meaning: the order of attributes does not count.
    let identity: String
    /// nil: not Avro; another registry wrote it.
    let parsed: AvroSchema?

    /// A schema that a client wants to register, or that is read back from the log.
    ///
    /// - Throws: `AvroError` when it is not an Avro schema.
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

    /// A schema of another type. Only its id matters: no other schema may get it.
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
