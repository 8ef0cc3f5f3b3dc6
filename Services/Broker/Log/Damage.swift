/// A place on disk that does not hold what was written there.
struct Damage: Error, Equatable, Sendable, CustomStringConvertible {
    let file: String
    /// In bytes from the file's beginning.
    let offset: Int
    let reason: String
    /// What `verify --repair` would drop.
    var loss = "nothing but this file's content"

    var description: String { "\(file) is damaged at byte \(offset): \(reason); verify --repair would drop \(loss)" }
}

/// Why a broker does not start.
struct DamagedFolder: Error, CustomStringConvertible {
    let folder: String
    let damages: [Damage]

    var description: String {
        damages.map { "\($0)\n" }.joined() + "nothing was changed; see: dcmms-broker verify \(folder)"
    }
}
