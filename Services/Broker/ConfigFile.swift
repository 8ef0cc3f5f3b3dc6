import Foundation
import NIOCore

/// `--config FILE`: lines of `key = value` under Kafka's own names where Kafka has one, and the options' names otherwise.
///
/// An unknown key is refused: a misspelt setting that silently keeps its default is hard to find.
struct ConfigFile {
    struct Invalid: Error, CustomStringConvertible {
        let path: String
        let line: Int
        let reason: String

        var description: String { "\(path):\(line): \(reason)" }
    }

    let path: String

    /// - Throws: `Invalid` for the first line that is malformed, unknown or repeated.
    func apply(to settings: inout Settings) throws {
        var seen: Set<String> = []
        var topics: [String: String] = [:]
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.trimmingCharacters(in: .whitespaces)
            guard !line.isEmpty, !line.hasPrefix("#"), !line.hasPrefix("!") else { continue }
            func refuse(_ reason: String) -> Invalid { Invalid(path: path, line: index + 1, reason: reason) }

            guard let equals = line.firstIndex(of: "=") else { throw refuse("expected key = value") }
            let key = line[..<equals].trimmingCharacters(in: .whitespaces)
            let value = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            guard seen.insert(key).inserted else { throw refuse("\(key) is set twice") }
            if let apply = Self.keys[key] {
                guard apply(value, &settings) else { throw refuse("invalid value \(value) for \(key)") }
            } else if let name = LogSettings.name(ofDefault: key) {
                topics[name] = value
                do {
                    settings.topics = try LogSettings(topics)
                } catch {
                    throw refuse("invalid value \(value) for \(key)")
                }
            } else {
                throw refuse("unknown key \(key)")
            }
        }
    }

    private typealias Apply = @Sendable (String, inout Settings) -> Bool

    private static let keys: [String: Apply] = [
        "listeners": listener { $1.listen = $0 },
        "advertised.listeners": listener { $1.advertise = $0 },
        "log.dirs": value(\.data) { $0.isEmpty || $0.contains(",") ? nil : $0 },
        "num.partitions": value(\.partitions) { Int($0) },
        "auto.create.topics.enable": value(\.createsTopics) { Bool($0) },
        "group.initial.rebalance.delay.ms": value(\.groupInitialDelay) { Int64($0).flatMap { $0 >= 0 ? $0 : nil } },
        "log.retention.check.interval.ms": value(\.upkeepInterval) { Int64($0).flatMap { $0 > 0 ? $0 : nil } },
        "offsets.retention.minutes": value(\.offsetsRetention) {
            Int64(UInt32($0) ?? 0) * 60_000 > 0 ? Int64(UInt32($0) ?? 0) * 60_000 : nil
        },
        "max.connections": value(\.limits.connections) { Int($0).flatMap { $0 > 0 ? $0 : nil } },
        "connections.max.idle.ms": value(\.limits.idleConnection) { Int64($0).flatMap { $0 > 0 ? $0 : nil } },
        "group.max.size": value(\.limits.groupSize) { Int($0).flatMap { $0 > 0 ? $0 : nil } },
        "http": value(\.http) { Endpoint($0) },
        "schema-registry": value(\.schemaRegistry) { Endpoint($0) },
        "ready-file": value(\.readyFile) { $0 },
        "tls-certificate": value(\.tlsCertificate) { $0 },
        "tls-key": value(\.tlsKey) { $0 },
        "tls-client-ca": value(\.tlsClientCA) { $0 },
        "access": value(\.access) { $0 },
        "allow-plain-without-tls": value(\.allowsPlainWithoutTLS) { Bool($0) },
        "login-timeout-ms": value(\.loginTimeout) { UInt32($0).map { .milliseconds(Int64($0)) } },
        "expose-without-authentication": value(\.exposesWithoutAuthentication) { Bool($0) },
    ]

    /// Sets the result of `parse`, or refuses the text if the result is nil.
    private static func value<T>(
        _ path: any WritableKeyPath<Settings, T> & Sendable,
        _ parse: @escaping @Sendable (String) -> T?
    ) -> Apply {
        { text, settings in
            guard let value = parse(text) else { return false }
            settings[keyPath: path] = value
            return true
        }
    }

    /// As above, for a setting that may be absent.
    private static func value<T>(
        _ path: any WritableKeyPath<Settings, T?> & Sendable,
        _ parse: @escaping @Sendable (String) -> T?
    ) -> Apply {
        { text, settings in
            settings[keyPath: path] = parse(text)
            return settings[keyPath: path] != nil
        }
    }

    /// A single address in Kafka's form, `PROTOCOL://host:port`.
    private static func listener(_ set: @escaping @Sendable (Endpoint, inout Settings) -> Void) -> Apply {
        { text, settings in
            let parts = text.split(separator: "://", maxSplits: 1).map(String.init)
            let known = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
            guard parts.count == 2, known.contains(parts[0]), let address = Endpoint(parts[1]) else { return false }
            settings.protocolNames.insert(parts[0])
            set(address, &settings)
            return true
        }
    }
}
