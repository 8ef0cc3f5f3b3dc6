/// Remembers which publishes of one session have arrived for one asset: the highest sequence number and the 256 below it.
///
/// An agent never sends a number that is `TelemetryBatch.window` or more above its oldest unconfirmed number. So a number that
/// far below the highest is confirmed already, and can only arrive again as a duplicate. Within the window one bit is kept per
/// number, so that a publish that is late because another ingest instance was slower is not mistaken for a duplicate.
/// (The anti-replay window of IPsec, RFC 4303 section 3.4.3, does the same for packets.)
struct SequenceWindow: Hashable, Sendable {
    private(set) var highest: Int64 = 0
    /// Bit `n` of the four words says whether `highest - n` has arrived.
    private var seen: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    init(highest: Int64 = 0, seen: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)) {
        self.highest = highest
        self.seen = seen
    }

    /// How many numbers below the highest are remembered.
    static let width: Int64 = 256

    /// Records the number and returns whether it is new. Numbers start at 1; smaller numbers are never admitted.
    mutating func admit(_ sequence: Int64) -> Bool {
        guard sequence >= 1 else { return false }
        if sequence > highest {
            shift(by: sequence - highest)
            highest = sequence
            seen.0 |= 1
            return true
        }
        let age = highest - sequence
        guard age < Self.width else { return false }
        let bit: UInt64 = 1 << UInt64(age & 63)
        return withWord(Int(age >> 6)) { word in
            defer { word |= bit }
            return word & bit == 0
        }
    }

    private mutating func shift(by distance: Int64) {
        guard distance < Self.width else {
            seen = (0, 0, 0, 0)
            return
        }
        for _ in 0..<(distance >> 6) {
            seen = (0, seen.0, seen.1, seen.2)
        }
        let bits = UInt64(distance & 63)
        guard bits > 0 else { return }
        let carry = 64 - bits
        seen = (
            seen.0 << bits,
            seen.1 << bits | seen.0 >> carry,
            seen.2 << bits | seen.1 >> carry,
            seen.3 << bits | seen.2 >> carry
        )
    }

    private mutating func withWord(_ index: Int, _ body: (inout UInt64) -> Bool) -> Bool {
        switch index {
        case 0: body(&seen.0)
        case 1: body(&seen.1)
        case 2: body(&seen.2)
        default: body(&seen.3)
        }
    }

    static func == (left: SequenceWindow, right: SequenceWindow) -> Bool {
        left.highest == right.highest && left.seen == right.seen
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(highest)
        hasher.combine(seen.0)
    }
}

extension SequenceWindow {
    /// The window as the five words that a snapshot stores.
    var words: [UInt64] { [UInt64(bitPattern: highest), seen.0, seen.1, seen.2, seen.3] }
}
