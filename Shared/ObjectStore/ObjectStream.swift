import Crypto
public import NIOCore

/// Bytes that come in pieces; only a piece of them is in memory.
public struct ObjectStream: AsyncSequence, Sendable {
    public typealias Element = ByteBuffer

    private let open: @Sendable () -> AsyncIterator

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let advance: () async throws -> ByteBuffer?

        public mutating func next() async throws -> ByteBuffer? { try await advance() }
    }

    public func makeAsyncIterator() -> AsyncIterator { open() }

    public init<Source: AsyncSequence & Sendable>(_ source: Source) where Source.Element == ByteBuffer {
        open = {
            var pieces = source.makeAsyncIterator()
            return AsyncIterator { try await pieces.next(isolation: #isolation) }
        }
    }

    public init(_ bytes: ByteBuffer) {
        open = {
            var rest = bytes.readableBytes > 0 ? bytes : nil
            return AsyncIterator {
                defer { rest = nil }
                return rest
            }
        }
    }

    /// - Parameter begin: Makes the function that gives the next piece, or nil after the last one.
    init(from begin: @escaping @Sendable () -> () async throws -> ByteBuffer?) {
        open = { AsyncIterator(advance: begin()) }
    }

    /// The same pieces; but the last one comes only if all of them have the size and the hash. So whoever reads to the end has what was
    /// meant, and nobody has the whole of anything else.
    ///
    /// Throws ``ObjectStoreError/corrupt(_:)`` instead of the last piece.
    func checked(_ what: String, size: Int, hash: ContentHash?) -> ObjectStream {
        ObjectStream {
            var pieces = open()
            var (sum, count) = (SHA256(), 0)
            var held: ByteBuffer?
            var isOver = false
            return {
                while !isOver {
                    guard let piece = try await pieces.next() else {
                        isOver = true
                        guard count == size else {
                            throw ObjectStoreError.corrupt("\(what) has \(count) bytes, and should have \(size)")
                        }
                        guard hash == nil || ContentHash(sum.finalize()) == hash else {
                            throw ObjectStoreError.corrupt("\(what) has another SHA-256 than it should have")
                        }
                        defer { held = nil }
                        return held
                    }
                    count += piece.readableBytes
                    guard count <= size else {
                        throw ObjectStoreError.corrupt("\(what) has more than the \(size) bytes that it should have")
                    }
                    if hash != nil { piece.withUnsafeReadableBytes { sum.update(bufferPointer: $0) } }
                    guard piece.readableBytes > 0 else { continue }
                    if let earlier = held {
                        held = piece
                        return earlier
                    }
                    held = piece
                }
                return nil
            }
        }
    }

    /// All bytes.
    ///
    /// - Throws: ``ObjectStoreError/refused(_:)`` if there are more than `limit`.
    public func bytes(upTo limit: Int) async throws -> ByteBuffer {
        var all = ByteBuffer()
        for try await piece in self {
            guard all.readableBytes + piece.readableBytes <= limit else {
                throw ObjectStoreError.refused("there are more than \(limit) bytes")
            }
            all.writeImmutableBuffer(piece)
        }
        return all
    }
}
