public import Access
public import Commands
public import HTTPTypes
import Hummingbird
public import Identifiers

/// A request as its handler sees it: the caller, and a validated input.
public struct Call<Value: Input>: Sendable {
    public let input: Value
    public let request: HTTPRequest
    public let context: DaemonContext
    /// The request's `Idempotency-Key`; `nil` when the client sends none, or the route changes nothing.
    public let key: RequestKey?

    /// What the route requires.
    private let permission: Permission?

    init(
        input: Value,
        request: HTTPRequest,
        context: DaemonContext,
        key: RequestKey?,
        permission: Permission?
    ) {
        self.key = key
        self.permission = permission
        self.input = input
        self.request = request
        self.context = context
    }

    /// The caller.
    ///
    /// - Throws: ``Problem`` 401 on an open route.
    public var principal: Principal {
        get throws { try context.principal }
    }

    /// What the caller may use the route's permission on: a condition of every query for it.
    ///
    /// - Throws: ``Problem`` 401 on an open route.
    public var reach: Reach {
        get throws {
            let principal = try principal
            return permission.map(principal.reach) ?? .none
        }
    }

    /// An identifier in the path. Text that is no UUID gets 404, like an id that does not exist.
    public func id<Kind>(_ parameter: String, of what: String) throws -> Identifier<Kind> {
        guard let id = Identifier<Kind>(try context.parameters.require(parameter)) else { throw Problem.notFound(what) }
        return id
    }

    /// A whole number from 1 in the path. What is none gets 404, like a number that does not exist.
    public func number(_ parameter: String, of what: String) throws -> Int64 {
        guard let number = Int64(strict: try context.parameters.require(parameter)), number > 0 else {
            throw Problem.notFound(what)
        }
        return number
    }

    /// A word in the path.
    ///
    /// - Throws: ``Problem`` 400 that lists the words.
    public func word<Word: RawRepresentable & CaseIterable>(_ parameter: String) throws -> Word
    where Word.RawValue == String {
        guard let word = Word(rawValue: try context.parameters.require(parameter)) else {
            throw Problem.field(parameter, .oneOf(Word.allCases.map(\.rawValue)))
        }
        return word
    }

    /// The version that the client saw, from `If-Match: "<version>"`.
    public var ifMatch: Int64? {
        get throws {
            guard let text = request.headerFields[.ifMatch] else { return nil }
            let isQuoted = text.count > 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
            guard let version = Int64(strict: isQuoted ? text.dropFirst().dropLast() : text[...])
            else { throw Problem.field("If-Match", .version) }
            return version
        }
    }
}

extension FieldRule {
    fileprivate static let version = FieldRule(code: "not_a_version", "must be a version in quotes, such as \"3\"")
}
