/// Walks the batches of a segment file through one window that is read ahead of need.
///
/// Memory stays at one window (or at the largest batch, when whole batches are asked for) whatever the file's size.
struct BatchScan {
    private let file: LogFile
    private let end: Int
    private let readAhead: Int
    private var window: [UInt8] = []
    private var windowStart: Int
    /// Where the next batch begins.
    private(set) var position: Int

    init(_ file: LogFile, from position: Int = 0, to end: Int, readAhead: Int = 64 * 1024) {
        self.file = file
        self.readAhead = readAhead
        self.end = end
        self.position = position
        windowStart = position
    }

    /// The next batch's header and its position, or nil at the end or at the first implausible byte (`position` tells which).
    mutating func next() throws -> (header: BatchHeader, position: Int)? {
        guard let header = try peek(), header.size <= end - position else { return nil }
        defer { position += header.size }
        return (header, position)
    }

    /// As `next`, with all of the batch's bytes.
    mutating func nextBatch<T>(_ body: (BatchHeader, UnsafeRawBufferPointer) throws -> T) throws -> T? {
        guard let header = try peek(), header.size <= end - position, try load(header.size) else { return nil }
        let start = position - windowStart
        let result = try window.withUnsafeBytes { bytes in
            try body(header, UnsafeRawBufferPointer(rebasing: bytes[start..<start + header.size]))
        }
        position += header.size
        return result
    }

    private mutating func peek() throws -> BatchHeader? {
        guard try load(BatchHeader.size) else { return nil }
        let start = position - windowStart
        let header = window.withUnsafeBytes { BatchHeader(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        return header.isPlausible ? header : nil
    }

    /// Makes `count` bytes from `position` on stand in the window.
    private mutating func load(_ count: Int) throws -> Bool {
        if position >= windowStart && position + count <= windowStart + window.count { return true }
        guard position + count <= end else { return false }
        let wanted = min(max(count, readAhead), end - position)
        let (file, position) = (file, position)
        var read = 0
        window = try [UInt8](unsafeUninitializedCapacity: wanted) { room, used in
            read = try file.read(
                into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(room)[..<wanted]),
                at: position
            )
            used = read
        }
        windowStart = position
        return read >= count
    }
}
