public import Commands
public import NIOCore

/// The body of a request as it came, such as a part of a file: at most ``DaemonContext/maximumBodySize`` bytes of any kind.
///
/// For PUT, which has the same effect however often it comes: such a route takes no `Idempotency-Key`, since neither the bytes nor an answer are
/// kept for a request that comes again.
public struct RawBody: Input {
    public let bytes: ByteBuffer

    init(_ bytes: ByteBuffer) { self.bytes = bytes }

    /// Read once, for its shape: it has no fields.
    public init(from _: any Decoder) { bytes = ByteBuffer() }
}
