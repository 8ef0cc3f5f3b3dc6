public import NIOCore

/// What is to be put into a store: its bytes, of which the size and the SHA-256 are known before.
public struct ObjectBody: Sendable {
    public let size: Int
    public let hash: ContentHash
    private let open: @Sendable () async throws -> ObjectStream

    public init(_ bytes: ByteBuffer) {
        size = bytes.readableBytes
        hash = ContentHash(of: bytes.readableBytesView)
        open = { ObjectStream(bytes) }
    }

    /// - Parameters:
    ///   - size: How many bytes there will be.
    ///   - hash: Their SHA-256. Other bytes are not stored.
    ///   - open: Begins to read them. It is asked once more for each time that the store has to be asked again.
    public init(size: Int, hash: ContentHash, open: @escaping @Sendable () async throws -> ObjectStream) {
        self.size = size
        self.hash = hash
        self.open = open
    }

    /// The bytes, which end with an error if they are not those that were announced.
    func stream(for key: ObjectKey) async throws -> ObjectStream {
        try await open().checked("what is to be \(key)", size: size, hash: hash)
    }
}
