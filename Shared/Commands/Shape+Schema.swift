extension Shape {
    /// The shape as JSON Schema (draft 2020-12), as OpenAPI 3.1 uses it.
    ///
    /// - Parameters:
    ///   - isInput: Whether further fields are refused.
    ///   - components: Collects the schemas of named objects, which are referred to.
    public func schema(isInput: Bool, _ components: inout [String: JSONValue]) -> JSONValue {
        switch self {
        case .text(nil): return ["type": "string"]
        case .text(let rule?): return rule.schema
        case .time: return ["type": "string", "format": "date-time"]
        case .id: return ["type": "string", "format": "uuid"]
        case .choice(let words): return ["type": "string", "enum": .array(words.map(JSONValue.string))]
        case .whole(let range):
            var schema: [String: JSONValue] = ["type": "integer"]
            if range.lowerBound != .min { schema["minimum"] = .number("\(range.lowerBound)") }
            if range.upperBound != .max { schema["maximum"] = .number("\(range.upperBound)") }
            return .object(schema)
        case .number(let rule):
            var schema: [String: JSONValue] = ["type": "number"]
            schema["minimum"] = rule.minimum.map { .number(NumberRule.text($0)) }
            schema["maximum"] = rule.maximum.map { .number(NumberRule.text($0)) }
            return .object(schema)
        case .truth: return ["type": "boolean"]
        case .list(let element, let count):
            var schema: [String: JSONValue] = ["type": "array"]
            schema["items"] = element.schema(isInput: isInput, &components)
            if let count {
                schema["minItems"] = .number("\(count.lowerBound)")
                schema["maxItems"] = .number("\(count.upperBound)")
            }
            return .object(schema)
        case .object(let object):
            // A generic type's name means nothing to a reader of the document.
            guard !object.name.contains("<") else { return object.schema(isInput: isInput, &components) }
            if components[object.name] == nil {
                components[object.name] = object.schema(isInput: isInput, &components)
            }
            return ["$ref": .string("#/components/schemas/\(object.name)")]
        case .each(let shape): return shape.schema(isInput: isInput, &components)
        case .nullable(let shape): return shape.schema(isInput: isInput, &components).orNull
        case .any: return [:]
        }
    }

    /// A value of this shape.
    ///
    /// - Parameter onlyRequired: Leaves out what may be left out.
    public func example(onlyRequired: Bool) -> JSONValue {
        switch self {
        case .text(nil): return "text"
        case .text(let rule?):
            let text = rule.lines == .one ? "The fan is loud" : "The fan is loud; it can be heard from outside."
            guard rule.length.lowerBound <= text.unicodeScalars.count else {
                return .string(String(repeating: "a", count: rule.length.lowerBound))
            }
            return .string(String(text.unicodeScalars.prefix(rule.length.upperBound)))
        case .time: return "2026-06-01T12:00:00.000Z"
        case .id: return "01907f3e-7b5c-7000-8000-000000000001"
        case .choice(let words): return words.first.map(JSONValue.string) ?? .null
        case .whole(let range): return .number("\(range.contains(1) ? 1 : range.lowerBound)")
        case .number(let rule): return .number(NumberRule.text(rule.minimum ?? rule.maximum ?? 1.5))
        case .truth: return true
        case .list(let element, let count):
            let number = max(count?.lowerBound ?? 1, onlyRequired ? 0 : 1)
            return .array(Array(repeating: element.example(onlyRequired: onlyRequired), count: number))
        case .object(let object):
            var members: [String: JSONValue] = [:]
            for field in object.fields where field.isRequired || !onlyRequired {
                members[field.name] = field.example ?? field.shape.example(onlyRequired: onlyRequired)
            }
            return .object(members)
        case .each(let shape), .nullable(let shape): return shape.example(onlyRequired: onlyRequired)
        case .any: return [:]
        }
    }
}

extension ObjectShape {
    func schema(isInput: Bool, _ components: inout [String: JSONValue]) -> JSONValue {
        var properties: [String: JSONValue] = [:]
        for field in fields { properties[field.name] = field.schema(isInput: isInput, &components) }
        var schema: [String: JSONValue] = ["type": "object", "properties": .object(properties)]
        let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        if isInput { schema["additionalProperties"] = false }
        return .object(schema)
    }
}

extension ObjectShape.Field {
    /// The field's schema, with its meaning and its example.
    public func schema(isInput: Bool, _ components: inout [String: JSONValue]) -> JSONValue {
        var schema = shape.schema(isInput: isInput, &components)
        if isNullable { schema = schema.orNull }
        guard case .object(var members) = schema else { return schema }
        if let summary { members["description"] = .string(summary) }
        if let example { members["examples"] = [example] }
        return .object(members)
    }
}

extension JSONValue {
    /// A schema that also accepts null.
    fileprivate var orNull: JSONValue {
        guard case .object(var members) = self, let type = members["type"] else {
            return self == [:] ? self : ["anyOf": [self, ["type": "null"]]]
        }
        members["type"] = [type, "null"]
        if case .array(let words)? = members["enum"] { members["enum"] = .array(words + [.null]) }
        return .object(members)
    }
}

extension TextRule {
    fileprivate var schema: JSONValue {
        var schema: [String: JSONValue] = ["type": "string"]
        if length.lowerBound > 0 { schema["minLength"] = .number("\(length.lowerBound)") }
        schema["maxLength"] = .number("\(length.upperBound)")
        if let format = form?.format { schema["format"] = .string(format) }
        if let pattern = form?.pattern { schema["pattern"] = .string(pattern) }
        return .object(schema)
    }
}
