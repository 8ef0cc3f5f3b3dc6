/// A bounded cache: when it is full, the least recently used entry is removed.
///
/// Every operation costs the same, however much is in it.
public struct RecentlyUsed<Key: Hashable, Value> {
    fileprivate struct Entry {
        var key: Key
        var value: Value
        /// The entry that was used next after this one.
        var newer: Int?
        /// The entry that was used last before this one.
        var older: Int?
    }

    private let limit: Int
    private var entries: [Entry] = []
    private var places: [Key: Int] = [:]
    private var newest: Int?
    private var oldest: Int?

    /// - Parameter limit: How many entries are kept, at least one.
    public init(limit: Int) {
        self.limit = max(limit, 1)
    }

    public var count: Int { entries.count }

    /// The value of `key`; reading it counts as a use.
    public mutating func value(of key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        use(place)
        return entries[place].value
    }

    /// Stores a value for `key` and replaces an earlier one.
    public mutating func remember(_ value: Value, of key: Key) {
        if let place = places[key] {
            entries[place].value = value
            use(place)
        } else if entries.count < limit {
            entries.append(Entry(key: key, value: value))
            places[key] = entries.count - 1
            link(entries.count - 1)
        } else if let place = oldest {
            unlink(place)
            places[entries[place].key] = nil
            entries[place] = Entry(key: key, value: value)
            places[key] = place
            link(place)
        }
    }

    public mutating func forgetAll() {
        self = RecentlyUsed(limit: limit)
    }

    private mutating func use(_ place: Int) {
        guard place != newest else { return }
        unlink(place)
        link(place)
    }

    private mutating func link(_ place: Int) {
        entries[place].older = newest
        entries[place].newer = nil
        if let newest { entries[newest].newer = place }
        newest = place
        oldest = oldest ?? place
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (entries[place].newer, entries[place].older)
        if let newer { entries[newer].older = older } else { newest = older }
        if let older { entries[older].newer = newer } else { oldest = newer }
    }
}

extension RecentlyUsed: Sendable where Key: Sendable, Value: Sendable {}
extension RecentlyUsed.Entry: Sendable where Key: Sendable, Value: Sendable {}
