import Foundation
import NIOCore

/// A file of record batches, one after the other, and where to begin looking for an offset in it.
final class Segment {
    let baseOffset: Int64
    let path: String
    private let descriptor: Int32
    private(set) var size: Int
    /// When the first record was appended, in milliseconds since 1970.
    private(set) var created: Int64
    private(set) var maxTimestamp: Int64 = -1
    /// Sparse: an entry for about every 4 KiB.
    private var index: [(offset: Int64, position: Int, timestamp: Int64)] = []
    private static let stride = 4096

    static func name(_ baseOffset: Int64) -> String {
        let digits = String(baseOffset)
        return String(repeating: "0", count: 20 - digits.count) + digits + ".log"
    }

    init(directory: String, baseOffset: Int64) throws {
        self.baseOffset = baseOffset
        path = "\(directory)/\(Self.name(baseOffset))"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StorageError(path) }
        size = Int(lseek(descriptor, 0, SEEK_END))
        created = Int64(Date().timeIntervalSince1970 * 1000)
    }

    deinit {
        close(descriptor)
    }

    /// Walks over the batches from the beginning and builds the index.
    ///
    /// - Parameter checks: Whether checksums are verified too, which reads the whole file: after a crash.
    /// - Returns: Where the first batch stands that is cut off or damaged, if there is one.
    func scan(checks: Bool, _ visit: (BatchHeader, UnsafeRawBufferPointer?) throws -> Void) throws -> Int? {
        index = []
        var position = 0
        var buffer = [UInt8](repeating: 0, count: BatchHeader.size)
        while position < size {
            guard read(&buffer, at: position, BatchHeader.size),
                let header = buffer.withUnsafeBytes({ BatchHeader($0) }), position + header.size <= size,
                header.baseOffset >= baseOffset
            else { return position }
            if checks || header.isControl {
                var whole = [UInt8](repeating: 0, count: header.size)
                guard read(&whole, at: position, header.size) else { return position }
                let isIntact = try whole.withUnsafeBytes { bytes -> Bool in
                    guard header.isIntact(bytes) else { return false }
                    try visit(header, bytes)
                    return true
                }
                guard isIntact else { return position }
            } else {
                try visit(header, nil)
            }
            note(header, at: position)
            position += header.size
        }
        return nil
    }

    /// Appends whole batches; all of them or none.
    func append(_ bytes: UnsafeRawBufferPointer, _ headers: [BatchHeader]) throws {
        var written = 0
        while written < bytes.count {
            let count = pwrite(
                descriptor,
                bytes.baseAddress?.advanced(by: written),
                bytes.count - written,
                off_t(size + written)
            )
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                let error = StorageError(path)
                // A disk that is full must not leave half a batch behind.
                ftruncate(descriptor, off_t(size))
                throw error
            }
            written += count
        }
        for header in headers {
            note(header, at: size)
            size += header.size
        }
    }

    /// Reads whole batches from the one that holds `offset`, at least one and as many as `maximum` bytes hold, up to `end`.
    func read(from offset: Int64, upTo end: Int64, maximum: Int) throws -> ByteBuffer {
        let entry = index.last { $0.offset <= offset }
        var position = entry?.position ?? 0
        var buffer = [UInt8](repeating: 0, count: BatchHeader.size)
        // Step over the batches of the index's stretch that end before the offset.
        var first: BatchHeader?
        while position < size, read(&buffer, at: position, BatchHeader.size),
            let header = buffer.withUnsafeBytes({ BatchHeader($0) })
        {
            first = header
            if header.lastOffset >= offset { break }
            position += header.size
        }
        guard let first, position < size, first.baseOffset < end else { return ByteBuffer() }
        let wanted = min(max(maximum, first.size), size - position)
        var result = ByteBufferAllocator().buffer(capacity: wanted)
        try result.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { target in
            let count = pread(descriptor, target.baseAddress, wanted, off_t(position))
            guard count >= 0 else { throw StorageError(path) }
            return count
        }
        // Cut at the last whole batch that may be seen.
        var length = 0
        result.withUnsafeReadableBytes { bytes in
            while let header = BatchHeader(UnsafeRawBufferPointer(rebasing: bytes[length...])),
                length + header.size <= bytes.count, header.baseOffset < end
            {
                length += header.size
            }
        }
        return result.getSlice(at: 0, length: length) ?? ByteBuffer()
    }

    /// The first batch whose largest timestamp is not before `timestamp`.
    func firstBatch(notBefore timestamp: Int64) throws -> BatchHeader? {
        var position = index.last { $0.timestamp < timestamp }?.position ?? 0
        var buffer = [UInt8](repeating: 0, count: BatchHeader.size)
        while position < size, read(&buffer, at: position, BatchHeader.size),
            let header = buffer.withUnsafeBytes({ BatchHeader($0) })
        {
            if header.maxTimestamp >= timestamp { return header }
            position += header.size
        }
        return nil
    }

    /// The bytes of every batch, one after the other: for compaction.
    func forEachBatch(_ body: (BatchHeader, UnsafeRawBufferPointer) throws -> Void) throws {
        var position = 0
        var buffer = [UInt8](repeating: 0, count: BatchHeader.size)
        while position < size, read(&buffer, at: position, BatchHeader.size),
            let header = buffer.withUnsafeBytes({ BatchHeader($0) })
        {
            var whole = [UInt8](repeating: 0, count: header.size)
            guard read(&whole, at: position, header.size) else { throw StorageError(path) }
            try whole.withUnsafeBytes { try body(header, $0) }
            position += header.size
        }
    }

    func truncate(to length: Int) {
        ftruncate(descriptor, off_t(length))
        size = length
    }

    func synchronize() throws {
        guard fdatasync(descriptor) == 0 else { throw StorageError(path) }
    }

    func remove() {
        unlink(path)
    }

    private func note(_ header: BatchHeader, at position: Int) {
        if index.isEmpty { created = header.maxTimestamp > 0 ? header.maxTimestamp : created }
        maxTimestamp = max(maxTimestamp, header.maxTimestamp)
        guard index.isEmpty || position - index[index.count - 1].position >= Self.stride else { return }
        index.append((header.baseOffset, position, maxTimestamp))
    }

    private func read(_ buffer: inout [UInt8], at position: Int, _ count: Int) -> Bool {
        buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, count, off_t(position)) } == count
    }
}

/// The disk refused: the file and the system's own words.
struct StorageError: Error, CustomStringConvertible {
    let description: String

    init(_ path: String) {
        description = "\(path): \(String(cString: strerror(errno)))"
    }
}
