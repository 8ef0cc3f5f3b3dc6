/// An answer.
public indirect enum RedisValue: Hashable, Sendable {
    /// There is no such key, field or element.
    case null
    case integer(Int64)
    case bytes([UInt8])
    /// A word such as `OK`.
    case status(String)
    case array([RedisValue])
    /// Redis refused the command. In a pipeline the other commands' answers are valid.
    case error(String)

    /// The bytes of a string answer; `nil` for anything else.
    public var bytes: [UInt8]? {
        if case .bytes(let bytes) = self { bytes } else { nil }
    }

    /// - Throws: ``RedisError/refused(_:)`` when the answer is an error.
    @discardableResult
    public func requireNoError() throws(RedisError) -> RedisValue {
        if case .error(let text) = self { throw .refused(text) }
        return self
    }
}
