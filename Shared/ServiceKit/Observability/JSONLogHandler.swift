import Commands
import Foundation
import Glibc
public import Logging

/// Writes a line of JSON for each message: time, level, message, service, and the metadata by name. Values of keys that sound
/// like secrets are replaced, wherever they come from.
public struct JSONLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    private let label: String
    private let write: @Sendable ([UInt8]) -> Void

    /// - Parameter write: Writes a whole line; standard output by default.
    public init(label: String, level: Logger.Level, write: (@Sendable ([UInt8]) -> Void)? = nil) {
        self.label = label
        logLevel = level
        self.write = write ?? Self.toStandardOutput
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var line = JSONText()
        line.literal("{\"ts\":")
        line.append(Date())
        line.literal(",\"level\":")
        line.append(event.level.rawValue)
        line.literal(",\"service\":")
        line.append(label)
        line.literal(",\"msg\":")
        line.append("\(event.message)")
        let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        for (key, value) in all {
            line.literal(",")
            line.append(key)
            line.literal(":")
            if Self.isSecret(key) {
                line.append("[redacted]")
            } else if case .string(let text) = value {
                line.append(text)
            } else {
                line.append("\(value)")
            }
        }
        line.literal("}\n")
        write(line.bytes)
    }

    private static let secrets = ["password", "secret", "token", "authorization", "cookie"].map { Array($0.utf8) }

    /// Whether a key sounds like a secret, in capitals or not.
    static func isSecret(_ key: String) -> Bool {
        // Only letters matter, and of those only the case: bit 5.
        let letters = key.utf8.map { $0 | 0x20 }
        return secrets.contains { word in
            letters.count >= word.count
                && (0...letters.count - word.count).contains { letters[$0..<$0 + word.count].elementsEqual(word) }
        }
    }

    /// Writes a line to standard output, whole.
    @Sendable private static func toStandardOutput(_ line: [UInt8]) {
        line.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EAGAIN {
                    // Somebody has made it non-blocking. Half a line would spoil the next one, too.
                    var output = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
                    poll(&output, 1, -1)
                } else if count < 0, errno != EINTR {
                    return
                }
                rest = rest.dropFirst(max(0, count))
            }
        }
    }
}
