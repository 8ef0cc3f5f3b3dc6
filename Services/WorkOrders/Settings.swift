import MalwareScan
import Messaging
import ObjectStore
import ServiceKit

/// What this daemon reads from its environment.
struct Settings: Sendable {
    var database: DatabaseSettings
    var objects: ObjectStoreSettings
    var scanner: MalwareScanSettings

    init(_ environment: Environment) {
        database = DatabaseSettings(environment)
        objects = ObjectStoreSettings(environment)
        scanner = MalwareScanSettings(environment)
    }
}
