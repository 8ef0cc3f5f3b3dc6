import EventSchema

/// Readings in the order of their time, at another time. Times are in microseconds since 1970.
extension [Reading] {
    private static var day: Int64 { 86_400_000_000 }

    /// The last one is at this moment afterwards.
    mutating func moveToEnd(at now: Int64) {
        guard let last else { return }
        move(by: now - last.timestamp)
    }

    /// They end at this moment or less than one interval before it, and each keeps its time of day (UTC): what the sun does stays true. Those
    /// that would be later are left out.
    mutating func moveByWholeDays(until now: Int64) {
        guard let last else { return }
        let late = now - last.timestamp
        // Up to the next whole day, so that the last of them are at or after this moment.
        let days = late > 0 ? (late + Self.day - 1) / Self.day : late / Self.day
        move(by: days * Self.day)
        removeAll { $0.timestamp > now }
    }

    private mutating func move(by microseconds: Int64) {
        for index in indices { self[index].timestamp += microseconds }
    }
}
