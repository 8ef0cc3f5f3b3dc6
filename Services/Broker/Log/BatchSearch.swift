/// Looks for the next intact batch after a damaged place.
struct BatchSearch {
    /// Where that batch begins.
    private(set) var found: (position: Int, offset: Int64)?

    /// - Parameters:
    ///   - position: where the damage begins.
    ///   - offset: no batch after the damage can have a smaller one.
    init(_ file: LogFile, after position: Int, atLeast offset: Int64) throws {
        let end = try file.size
        var scan = BatchScan(file, from: position, to: end)
        // If only the content is damaged, the length leads to the next batch.
        if let header = try scan.header(), header.isPlausible, header.size < end - position,
            try accept(file, position + header.size, end, offset)
        {
            return
        }
        var window: [UInt8] = []
        var start = position + 1
        while start + BatchHeader.size <= end {
            window = [UInt8](repeating: 0, count: min(256 * 1024, end - start))
            let read = try window.withUnsafeMutableBytes { try file.read(into: $0, at: start) }
            let last = read - BatchHeader.size
            guard last >= 0 else { return }
            for index in 0...last where window[index + 16] == 2 && window[index + 12] | window[index + 15] == 0 {
                if try accept(file, start + index, end, offset) { return }
            }
            start += last + 1
        }
    }

    private mutating func accept(_ file: LogFile, _ position: Int, _ end: Int, _ offset: Int64) throws -> Bool {
        var scan = BatchScan(file, from: position, to: end, readAhead: BatchHeader.size)
        guard let header = try scan.header(), header.isPlausible, header.leaderEpoch == 0,
            header.baseOffset >= offset, header.baseOffset - offset <= Int64(Int32.max), header.size <= end - position
        else { return false }
        var chain = BatchChain(base: header.baseOffset, gapsAllowed: false)
        guard (try? scan.next(&chain) { _, _ in }) != nil else { return false }
        found = (position, header.baseOffset)
        return true
    }
}
