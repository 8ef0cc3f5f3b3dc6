import EventSchema
public import Foundation
import HTTPTypes
public import Hummingbird
public import Identifiers

/// Reads the query of a list; what is malformed is a problem that names the parameter.
public struct QueryReader: Sendable {
    private let request: Request

    public init(_ request: Request) {
        self.request = request
    }

    /// A parameter's text, in normal form C as the texts of bodies are.
    public func text(_ name: String) throws -> String? {
        guard let text = request.uri.queryParameters[Substring(name)].map(String.init)?.normalizedNFC else {
            return nil
        }
        // No store can hold it, and none has to be asked.
        guard !text.unicodeScalars.contains("\0") else { throw Problem.field(name, "must not contain U+0000") }
        return text
    }

    /// A whole number within a range.
    public func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = try text(name) else { return nil }
        guard let number = Int(strict: text), range.contains(number) else {
            throw Problem.field(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A number within a range.
    public func number(_ name: String, in range: ClosedRange<Double>) throws -> Double? {
        guard let text = try text(name) else { return nil }
        guard let number = Double(strict: text), range.contains(number) else {
            throw Problem.field(name, "must be from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A time as RFC 3339 writes it.
    public func time(_ name: String) throws -> Date? {
        guard let text = try text(name) else { return nil }
        guard let time = Date(rfc3339: text) else {
            throw Problem.field(name, "must be a time such as 2026-06-01T12:00:00Z")
        }
        return time
    }

    /// One of an enumeration's words.
    public func value<Value: RawRepresentable & CaseIterable>(_ name: String) throws -> Value?
    where Value.RawValue == String {
        guard let text = try text(name) else { return nil }
        guard let value = Value(rawValue: text) else {
            throw Problem.field(name, "must be one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return value
    }

    /// An identifier.
    public func id<Kind>(_ name: String) throws -> Identifier<Kind>? {
        guard let text = try text(name) else { return nil }
        guard let id = Identifier<Kind>(text) else { throw Problem.field(name, "must be a UUID") }
        return id
    }
}

extension DaemonContext {
    /// An identifier in the path. What is no UUID can't exist: 404, as for one that does not.
    public func id<Kind>(_ parameter: String, _ what: String) throws -> Identifier<Kind> {
        guard let id = Identifier<Kind>(try parameters.require(parameter)) else { throw Problem.notFound(what) }
        return id
    }
}

extension Request {
    /// The version that the client saw, from `If-Match: "<version>"`.
    public var ifMatch: Int64? {
        get throws {
            guard let text = headers[.ifMatch] else { return nil }
            let isQuoted = text.utf8.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
            guard let version = Int64(strict: isQuoted ? text.dropFirst().dropLast() : text[...]) else {
                throw Problem.field("If-Match", "must be a version in quotes, such as \"3\"")
            }
            return version
        }
    }

    /// The body, if there is one.
    public func decodeIfPresent<Value: Decodable & SendableMetatype>(
        _: Value.Type,
        _ context: DaemonContext
    ) async throws -> Value? {
        guard headers[.contentLength].map({ $0 != "0" }) ?? (headers[.transferEncoding] != nil) else { return nil }
        return try await decode(as: Value.self, context: context)
    }
}
