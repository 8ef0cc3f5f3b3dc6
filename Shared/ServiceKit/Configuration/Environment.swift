import Configuration
import Synchronization

/// Reads variables once, at start, and records which were read and what was wrong.
///
/// Reading never throws, so that one start reports every problem: call ``check()`` after the last read.
public final class Environment: Sendable {
    private struct State {
        var keys: [ConfigurationKey] = []
        var problems: [String] = []
    }

    private let reader: ConfigReader
    private let state = Mutex(State())

    /// Over the process's environment variables.
    public convenience init() {
        self.init(ConfigReader(provider: EnvironmentVariablesProvider()))
    }

    /// Over given values, by the names of the variables: for tests.
    public convenience init(_ values: [String: String]) {
        self.init(ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: values)))
    }

    private init(_ reader: ConfigReader) {
        self.reader = reader
    }

    /// A text. Empty is the same as not set.
    public func text(_ key: ConfigurationKey) -> String {
        read(key, expected: "a text") { $0 } ?? ""
    }

    /// A text that may be missing.
    public func optionalText(_ name: String, _ meaning: String, isSecret: Bool = false) -> String? {
        let text = text(ConfigurationKey(name, meaning, default: "", isSecret: isSecret))
        return text.isEmpty ? nil : text
    }

    /// A whole number within a range.
    public func integer(_ key: ConfigurationKey, in range: ClosedRange<Int>) -> Int {
        read(key, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)") {
            Int($0).flatMap { range.contains($0) ? $0 : nil }
        } ?? range.lowerBound
    }

    /// A number within a range.
    public func number(_ key: ConfigurationKey, in range: ClosedRange<Double>) -> Double {
        read(key, expected: "a number from \(range.lowerBound) to \(range.upperBound)") {
            Double($0).flatMap { range.contains($0) ? $0 : nil }
        } ?? range.lowerBound
    }

    /// One of a few words.
    public func choice<Value: RawRepresentable & CaseIterable>(_ key: ConfigurationKey, as: Value.Type) -> Value?
    where Value.RawValue == String {
        let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return read(key, expected: "one of \(words)") { Value(rawValue: $0) }
    }

    /// A URL with one of the schemes.
    public func url(_ key: ConfigurationKey, schemes: [String]) -> String {
        read(key, expected: "a URL that begins with \(schemes.map { "\($0)://" }.joined(separator: " or "))") { text in
            schemes.contains { text.hasPrefix("\($0)://") } ? text : nil
        } ?? ""
    }

    /// The origin that browsers see, without a slash at its end.
    public func publicURL() -> String {
        read(.publicURL, expected: "a URL such as https://dcmms.example.com, without a path") { text in
            let origin = text.hasSuffix("/") ? String(text.dropLast()) : text
            let host = ["https://", "http://"].first(where: origin.hasPrefix).map { origin.dropFirst($0.count) }
            guard let host, !host.isEmpty, !host.contains(where: { "/?#@".contains($0) }) else { return nil }
            return origin.lowercased()
        } ?? ""
    }

    /// Anything that a text can be turned into. The fallback must be valid as well.
    ///
    /// - Parameter expected: What it must be, for the message.
    public func value<Value>(_ key: ConfigurationKey, expected: String, _ parse: (String) -> Value?) -> Value? {
        read(key, expected: expected, parse)
    }

    /// The keys that were read, in order.
    public var keys: [ConfigurationKey] { state.withLock { $0.keys } }

    /// - Throws: ``ConfigurationError`` when a variable is missing or malformed.
    public func check() throws {
        let problems = state.withLock { $0.problems }
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
    }

    private func read<Value>(_ key: ConfigurationKey, expected: String, _ parse: (String) -> Value?) -> Value? {
        let path = ConfigKey(key.name.lowercased().split(separator: "_").map(String.init))
        let found = reader.string(forKey: path, isSecret: key.isSecret).flatMap { $0.isEmpty ? nil : $0 }
        let value = (found ?? key.fallback).flatMap(parse)
        state.withLock { state in
            state.keys.append(key)
            if found == nil, key.fallback == nil {
                state.problems.append("\(key.name) is not set: \(key.meaning)")
            } else if value == nil {
                state.problems.append("\(key.name) must be \(expected)")
            }
        }
        return value
    }
}
