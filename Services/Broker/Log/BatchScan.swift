/// Reads the batches of a segment file in order, through a read-ahead window.
///
/// Memory stays at one window (or at the largest batch, when whole batches are read), however large the file is.
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

    /// The next batch's header, not checked yet; nil when the file ends before it is complete.
    mutating func header() throws -> BatchHeader? {
        guard try load(BatchHeader.size) else { return nil }
        let start = position - windowStart
        return window.withUnsafeBytes { BatchHeader(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    }

    /// The next batch, or nil at the end.
    ///
    /// - Throws: `Damage` when the next bytes are not an intact batch that continues the chain.
    mutating func next<T>(
        _ chain: inout BatchChain,
        _ body: (BatchHeader, UnsafeRawBufferPointer) throws -> T
    ) throws -> T? {
        guard position < end else { return nil }
        guard let header = try header() else { throw damage("an incomplete batch") }
        guard header.isPlausible else { throw damage("no batch begins here") }
        guard header.size <= end - position, try load(header.size) else { throw damage("an incomplete batch") }
        let start = position - windowStart
        let result = try window.withUnsafeBytes { bytes in
            let batch = UnsafeRawBufferPointer(rebasing: bytes[start..<start + header.size])
            if let objection = try chain.objection(to: batch, header, at: position) { throw damage(objection) }
            return try body(header, batch)
        }
        position += header.size
        return result
    }

    /// Everything from the position to the end.
    mutating func rest<T>(_ body: (UnsafeRawBufferPointer) throws -> T) throws -> T {
        _ = try load(end - position)
        let start = position - windowStart
        return try window.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    }

    func damage(_ reason: String) -> Damage {
        Damage(file: file.path, offset: position, reason: reason)
    }

    /// Loads `count` bytes from `position` on into the window.
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
