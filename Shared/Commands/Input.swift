/// Input from outside: the body of a request, its query, or a change that was made offline. In every case
/// it is read by an ``InputReader``, so that its rules are written once.
///
/// ```swift
/// struct AddTask: Input {
///     var title: String
///     static let rules: Rules = ["title": .line(1...200).means("What to do, in one line")]
/// }
/// ```
public protocol Input: Decodable, Sendable {
    /// The rules of its fields by their names. Every text and every list must have one.
    static var rules: Rules { get }

    /// Notes problems between fields that are each valid by themselves.
    func check(_ errors: inout FieldErrors)
}

extension Input {
    public static var rules: Rules { [:] }
    public func check(_ errors: inout FieldErrors) {}
}

/// Rules by field.
public typealias Rules = [String: Rule]

/// For a route without input.
public struct NoInput: Input {
    public init() {}
    public init(from _: any Decoder) {}
}

/// What is wrong with one field.
public struct FieldError: Codable, Hashable, Sendable {
    /// The path of the field, for example `tasks[2].title`.
    public var field: String
    /// The rule that it breaks, for programs: ``FieldRule/code``.
    public let code: String
    /// The values of that rule; absent if it has none.
    public let parameters: [String: String]?
    /// For a person: `must be …`.
    public let message: String

    public init(_ field: String, _ rule: FieldRule) {
        self.field = field
        code = rule.code
        parameters = rule.parameters.isEmpty ? nil : rule.parameters
        message = rule.message
    }
}

/// What is wrong with an input, field by field: the client gets all of it at once.
public struct FieldErrors: Hashable, Sendable {
    /// More would not be read, and an answer must not be larger than its request.
    public static let limit = 20

    public private(set) var errors: [FieldError] = []

    public init() {}

    /// Notes that a field breaks a rule.
    public mutating func add(_ field: String, _ rule: FieldRule) {
        add(FieldError(field.printable, rule))
    }

    /// Notes what was found wrong elsewhere.
    ///
    /// - Parameter place: Where that was, before the field's name.
    public mutating func add(_ error: FieldError, at place: String = "") {
        guard errors.count < Self.limit else { return }
        var error = error
        error.field = "\(place)\(error.field)"
        errors.append(error)
    }

    /// Notes a broken rule unless it `holds`.
    public mutating func require(_ holds: Bool, _ field: String, _ rule: @autoclosure () -> FieldRule) {
        if !holds { add(field, rule()) }
    }

    /// - Throws: ``InvalidInput`` when something is wrong.
    public func check() throws {
        if !errors.isEmpty { throw InvalidInput(errors: errors) }
    }
}

/// An input was refused for what its fields hold.
public struct InvalidInput: Error, Hashable, Sendable {
    public var errors: [FieldError]

    public init(errors: [FieldError]) {
        self.errors = errors
    }

    /// One field breaks a rule.
    public init(_ field: String, _ rule: FieldRule) {
        self.init(errors: [FieldError(field, rule)])
    }
}

/// A field of a change: absent leaves the value as it is. `Patch<String>` can't be cleared, and refuses null;
/// `Patch<String?>` accepts null for "clear".
public enum Patch<Value: Sendable>: Sendable {
    case keep
    case set(Value)

    /// The new value; `nil` when it stays.
    public var value: Value? {
        if case .set(let value) = self { value } else { nil }
    }

    /// Writes the new value over `current`, if there is one.
    public func apply(to current: inout Value) {
        if case .set(let value) = self { current = value }
    }
}

extension Patch: Equatable where Value: Equatable {}
extension Patch: Hashable where Value: Hashable {}

extension Patch: Decodable where Value: Decodable {
    public init(from decoder: any Decoder) throws {
        self = .set(try decoder.singleValueContainer().decode(Value.self))
    }
}

extension KeyedDecodingContainer {
    /// What synthesized decoders call for a field that is a ``Patch``: it may be absent.
    public func decode<Value: Decodable>(_ type: Patch<Value>.Type, forKey key: Key) throws -> Patch<Value> {
        contains(key) ? try whole(type, key) : .keep
    }

    /// It needs its own name: `decode` would call the overload above again.
    private func whole<Whole: Decodable>(_ type: Whole.Type, _ key: Key) throws -> Whole {
        try decode(type, forKey: key)
    }
}

/// An element of a batch, not read yet: a bad one is refused by itself and blocks no other.
public struct Each<Value: Input>: Decodable, Sendable {
    /// What was sent.
    public let json: JSONValue

    public init(from decoder: any Decoder) throws {
        json = try JSONValue(from: decoder)
    }

    init(json: JSONValue) {
        self.json = json
    }
}

/// Reads one kind of input from JSON.
public struct InputReader<Value: Input>: Sendable {
    /// What it accepts, for the API's document.
    public let shape: Shape

    /// - Throws: ``ShapeError`` when the type's rules do not fit its fields, which is a mistake in the program.
    public init() throws {
        shape = try Shape.of(input: Value.self)
    }

    /// Whether `{}` is enough.
    public var acceptsNothing: Bool {
        guard case .object(let object) = shape else { return false }
        return object.fields.allSatisfy { !$0.isRequired }
    }

    /// Reads an input from its bytes.
    ///
    /// - Throws: ``JSONError``, ``InvalidInput``.
    public func read(_ bytes: some Collection<UInt8>) throws -> Value {
        try read(JSONReader.read(bytes))
    }

    /// Reads an input that was parsed before.
    ///
    /// - Throws: ``InvalidInput``.
    public func read(_ value: JSONValue) throws -> Value {
        var errors = FieldErrors()
        shape.check(value, at: "", &errors)
        try errors.check()
        let input: Value
        do {
            input = try Value(from: ValueDecoder(value))
        } catch let error as DecodingError {
            throw InvalidInput(error)
        }
        input.check(&errors)
        try errors.check()
        return input
    }
}

extension InvalidInput {
    /// A decoder's error that no rule had found.
    fileprivate init(_ error: DecodingError) {
        let (keys, rule): ([any CodingKey], FieldRule) =
            switch error {
            case .keyNotFound(let key, let context): (context.codingPath + [key], .required)
            case .typeMismatch(_, let context): (context.codingPath, .wrongType)
            case .valueNotFound(_, let context): (context.codingPath, .null)
            case .dataCorrupted(let context): (context.codingPath, .unreadable(context.debugDescription))
            @unknown default: ([], .unreadable("can't be read"))
            }
        let path = keys.reduce("") { path, key in
            if let index = key.intValue { return "\(path)[\(index)]" }
            return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
        }
        self.init(path.isEmpty ? "body" : path, rule)
    }
}
