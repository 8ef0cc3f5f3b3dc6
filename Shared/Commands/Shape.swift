import EventSchema
import Foundation

/// What a JSON value looks like: made from a Swift type and its rules, it checks input and is described in the API's
/// document.
public indirect enum Shape: Sendable {
    case text(TextRule?)
    /// A time as RFC 3339 writes it.
    case time
    /// A UUID.
    case id
    /// One of a list of words.
    case choice([String])
    case whole(ClosedRange<Int64>)
    case number(NumberRule)
    case truth
    case list(of: Shape, count: ClosedRange<Int>?)
    /// An element of a list that may be null. Of a field, ``ObjectShape/Field/isNullable`` says it.
    case nullable(Shape)
    case object(ObjectShape)
    /// An element of a batch, which is read by itself later.
    case each(Shape)
    /// Any JSON at all.
    case any
}

/// An object with a fixed set of fields.
public struct ObjectShape: Sendable {
    /// One field.
    public struct Field: Sendable {
        public var name: String
        public var shape: Shape
        /// Whether it must be there.
        public var isRequired: Bool
        /// Whether it may be null.
        public var isNullable: Bool
        /// What it means.
        public var summary: String?
        public var example: JSONValue?
    }

    /// The Swift type's name without its module.
    public var name: String
    public var fields: [Field]
}

/// A mistake in the program: rules that do not fit their type.
public struct ShapeError: Error, CustomStringConvertible, Sendable {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

extension Shape {
    /// The names of an object's fields that hold a secret (``Rule/secret(_:)``).
    public var secretFields: Set<String> {
        guard case .object(let object) = self else { return [] }
        return Set(
            object.fields.filter {
                if case .text(let rule?) = $0.shape { rule.isSecret } else { false }
            }.map(\.name)
        )
    }

    /// Notes all that is wrong with a value.
    func check(_ value: JSONValue, at path: String, _ errors: inout FieldErrors) {
        // A problem of the whole value is reported for the body.
        let field = path.isEmpty ? "body" : path
        switch self {
        case .text(let rule):
            guard let text = value.text else { return errors.add(field, .not(.text, value)) }
            if let broken = rule?.broken(by: text) { errors.add(field, broken) }
        case .time:
            guard let text = value.text else { return errors.add(field, .not(.text, value)) }
            errors.require(Date(rfc3339: text) != nil, field, .instant)
        case .id:
            guard let text = value.text else { return errors.add(field, .not(.text, value)) }
            errors.require(UUID(uuidString: text) != nil, field, .uuid)
        case .choice(let words):
            guard let text = value.text else { return errors.add(field, .not(.text, value)) }
            errors.require(words.contains(text), field, .oneOf(words))
        case .whole(let range):
            guard case .number = value, let whole = value.whole else {
                return errors.add(field, .not(.wholeNumber, value))
            }
            errors.require(range.contains(whole), field, .range(range))
        case .number(let rule):
            guard let number = value.number else { return errors.add(field, .not(.number, value)) }
            if let broken = rule.broken(by: number) { errors.add(field, broken) }
        case .truth:
            guard case .bool = value else { return errors.add(field, .not(.truth, value)) }
        case .list(let element, let count):
            guard let elements = value.elements else { return errors.add(field, .not(.list, value)) }
            if let count, !count.contains(elements.count) { return errors.add(field, .count(count)) }
            for (index, item) in elements.enumerated() where errors.errors.count < FieldErrors.limit {
                element.check(item, at: "\(path)[\(index)]", &errors)
            }
        case .nullable(let shape): if value != .null { shape.check(value, at: path, &errors) }
        case .object(let object):
            guard let members = value.members else { return errors.add(field, .not(.object, value)) }
            object.check(members, at: path, &errors)
        case .any, .each: break
        }
    }
}

extension FieldRule {
    /// That a value is of another kind. Null is what an emptied field has, so it has a code of its own.
    fileprivate static func not(_ kind: FieldRule, _ value: JSONValue) -> FieldRule {
        value == .null ? null("\(kind.message), not null") : kind
    }
}

extension ObjectShape {
    fileprivate func check(_ members: [String: JSONValue], at path: String, _ errors: inout FieldErrors) {
        func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
        for field in fields {
            switch members[field.name] {
            case nil: errors.require(!field.isRequired, place(field.name), .required)
            case .null? where field.isNullable: break
            case let value?: field.shape.check(value, at: place(field.name), &errors)
            }
        }
        let known = Set(fields.map(\.name))
        for name in members.keys.filter({ !known.contains($0) }).sorted().prefix(FieldErrors.limit) {
            errors.add(place(name.prefix(scalars: 64)), .unknownField)
        }
    }
}
