import EventSchema

/// The open windows of one tag, for all lengths.
///
/// A window is published when the watermark passes its end, and again after late readings until `lateness` after that. It is
/// then removed, and later readings are only kept in the raw store. Each asset has its own watermark: a site that catches up
/// after an outage does not delay other sites, and its readings are not late because of them.
struct TagWindows: Hashable, Sendable {
    /// Only a few: one or two of each length, in no particular order.
    private(set) var open: [(length: WindowLength, window: OpenWindow)] = []

    /// Adds a reading; returns false when it is too late for every window.
    mutating func add(_ value: Double, _ quality: Quality, at timestamp: Int64, watermark: Int64, lateness: Int64)
        -> Bool
    {
        var taken = false
        for length in WindowLength.allCases {
            let start = length.start(of: timestamp)
            guard start + length.microseconds + lateness > watermark else { continue }
            taken = true
            if let index = open.firstIndex(where: { $0.length == length && $0.window.start == start }) {
                open[index].window.figures.add(value, quality)
                open[index].window.isPublished = false
            } else {
                var window = OpenWindow(start: start)
                window.figures.add(value, quality)
                open.append((length, window))
            }
        }
        return taken
    }

    /// Emits every window that has ended and has changed since it was last published. Removes the windows past their lateness.
    mutating func close(
        watermark: Int64,
        lateness: Int64,
        emit: (WindowLength, OpenWindow) -> Void
    ) {
        for index in open.indices {
            let (length, window) = open[index]
            guard !window.isPublished, window.start + length.microseconds <= watermark else { continue }
            emit(length, window)
            open[index].window.isPublished = true
        }
        open.removeAll { $0.window.start + $0.length.microseconds + lateness <= watermark }
    }

    /// Emits every window that is not published yet, even if it has not ended. For an asset that no longer sends readings.
    mutating func emitAll(emit: (WindowLength, OpenWindow) -> Void) {
        for index in open.indices where !open[index].window.isPublished {
            emit(open[index].length, open[index].window)
            open[index].window.isPublished = true
        }
    }

    /// The next watermark at which `close` has something to do; `Int64.max` when there is no window.
    func nextClose(lateness: Int64) -> Int64 {
        open.reduce(Int64.max) { earliest, entry in
            let end = entry.window.start + entry.length.microseconds
            return Swift.min(earliest, entry.window.isPublished ? end + lateness : end)
        }
    }

    static func == (left: TagWindows, right: TagWindows) -> Bool {
        left.open.elementsEqual(right.open) { $0.length == $1.length && $0.window == $1.window }
    }

    func hash(into hasher: inout Hasher) {
        for entry in open { hasher.combine(entry.window) }
    }
}
