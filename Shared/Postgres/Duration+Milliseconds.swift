extension Duration {
    /// Whole milliseconds, rounded up: a time-out of less than one must not become 0, which means none.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let fraction = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int64(clamping: Int128(seconds) * 1000 + Int128(fraction))
    }
}
