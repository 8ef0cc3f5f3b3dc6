public import Commands
public import Testing

/// Expects that a value which is written by hand has the JSON that its own encoding gives it, member by member.
public func expectSameJSON(_ value: some JSONWritable, sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(
        try JSONWriter.text(value) == JSONWriter.text(ByEncoding(value: value)),
        sourceLocation: sourceLocation
    )
}

/// Hides that the value writes itself.
private struct ByEncoding<Value: Encodable>: Encodable {
    let value: Value

    func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}
