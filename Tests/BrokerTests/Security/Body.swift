import NIOCore

/// A request's body in the old form (not flexible), field by field.
struct Body {
    private(set) var buffer = ByteBuffer()

    func int8(_ value: Int8) -> Body { with { $0.writeInteger(value) } }
    func int16(_ value: Int16) -> Body { with { $0.writeInteger(value) } }
    func int32(_ value: Int32) -> Body { with { $0.writeInteger(value) } }
    func int64(_ value: Int64) -> Body { with { $0.writeInteger(value) } }

    func string(_ value: String?) -> Body {
        with {
            $0.writeInteger(Int16(value?.utf8.count ?? -1))
            $0.writeString(value ?? "")
        }
    }

    func bytes(_ value: [UInt8]) -> Body {
        with {
            $0.writeInteger(Int32(value.count))
            $0.writeBytes(value)
        }
    }

    /// An array of one element, which follows or begins with `name`.
    func one() -> Body { int32(1) }
    func one(_ name: String) -> Body { one().string(name) }

    private func with(_ write: (inout ByteBuffer) -> Void) -> Body {
        var copy = self
        write(&copy.buffer)
        return copy
    }
}
