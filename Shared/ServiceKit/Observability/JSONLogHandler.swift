import EventSchema
import Foundation
public import Logging

/// Writes a line of JSON for each message: time, level, message, service, and the metadata by name. Values of keys that sound
/// like secrets are replaced, wherever they come from.
public struct JSONLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    private let label: String
    private let write: @Sendable (String) -> Void

    /// - Parameter write: Writes a whole line; standard output by default.
    public init(label: String, level: Logger.Level, write: (@Sendable (String) -> Void)? = nil) {
        self.label = label
        logLevel = level
        self.write = write ?? { line in FileHandle.standardOutput.write(Data(line.utf8)) }
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var fields: [(String, String)] = [
            ("ts", Date().rfc3339),
            ("level", event.level.rawValue),
            ("service", label),
            ("msg", "\(event.message)"),
        ]
        for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }).sorted(by: {
            $0.key < $1.key
        }) {
            fields.append((key, Self.isSecret(key) ? "[redacted]" : "\(value)"))
        }
        write("{\(fields.map { "\(Self.quoted($0)):\(Self.quoted($1))" }.joined(separator: ","))}\n")
    }

    static func isSecret(_ key: String) -> Bool {
        let key = key.lowercased()
        return ["password", "secret", "token", "authorization", "cookie"].contains { key.contains($0) }
    }

    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
