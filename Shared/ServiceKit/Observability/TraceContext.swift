/// The W3C trace context of some work: its trace, and its span in it.
public struct TraceContext: Hashable, Sendable, CustomStringConvertible {
    public var traceID: (UInt64, UInt64)
    public var spanID: UInt64
    public var isSampled: Bool

    /// A new trace.
    public static func root(isSampled: Bool = true) -> TraceContext {
        var random = SystemRandomNumberGenerator()
        return TraceContext(
            traceID: (random.next(), random.next() | 1),
            spanID: random.next() | 1,
            isSampled: isSampled
        )
    }

    /// A new span below this one.
    public func child() -> TraceContext {
        var random = SystemRandomNumberGenerator()
        return TraceContext(traceID: traceID, spanID: random.next() | 1, isSampled: isSampled)
    }

    public init(traceID: (UInt64, UInt64), spanID: UInt64, isSampled: Bool) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
    }

    /// Parses a `traceparent` (W3C Trace Context, section 3.2); `nil` for anything malformed, as the recommendation asks.
    public init?(traceparent: String) {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].count == 2, parts[0] != "ff", parts[1].count == 32, parts[2].count == 16,
            parts[3].count == 2, let high = UInt64(parts[1].prefix(16), radix: 16),
            let low = UInt64(parts[1].suffix(16), radix: 16), let span = UInt64(parts[2], radix: 16),
            let flags = UInt8(parts[3], radix: 16), high != 0 || low != 0, span != 0
        else { return nil }
        self.init(traceID: (high, low), spanID: span, isSampled: flags & 1 == 1)
    }

    /// The `traceparent` header.
    public var description: String {
        "00-\(trace)-\(Self.hex(spanID))-\(isSampled ? "01" : "00")"
    }

    /// The trace id, as logs and trace viewers show it.
    public var trace: String { Self.hex(traceID.0, traceID.1) }

    /// The span id.
    public var span: String { Self.hex(spanID) }

    private static func hex(_ words: UInt64...) -> String {
        String(unsafeUninitializedCapacity: 16 * words.count) { text in
            for (index, word) in words.enumerated() {
                for digit in 0..<16 {
                    let value = UInt8(word >> (60 - 4 * UInt64(digit)) & 0xF)
                    text[16 * index + digit] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
                }
            }
            return 16 * words.count
        }
    }

    public static func == (left: TraceContext, right: TraceContext) -> Bool {
        left.traceID == right.traceID && left.spanID == right.spanID && left.isSampled == right.isSampled
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(traceID.1)
        hasher.combine(spanID)
    }
}
