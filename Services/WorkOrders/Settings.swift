import MalwareScan
import Messaging
import ObjectStore
import Sealing
import ServiceKit

/// What this daemon reads from its environment.
struct Settings: Sendable {
    var database: DatabaseSettings
    var objects: ObjectStoreSettings
    var scanner: MalwareScanSettings
    /// Where ExifTool is; `nil`: pictures are refused where they may not keep their position.
    var exifTool: String?
    /// Where vipsthumbnail is; `nil`: there are no thumbnails.
    var thumbnails: String?
    /// They seal the secrets of webhooks; `nil`: there are none.
    var webhookKeys: SealingKeys?
    var webhookReach: WebhookReach

    /// Where webhooks can lead.
    enum WebhookReach: String, CaseIterable, Sendable { case `public`, local }

    init(_ environment: Environment) {
        database = DatabaseSettings(environment)
        objects = ObjectStoreSettings(environment)
        scanner = MalwareScanSettings(environment)
        exifTool = environment.optionalText(
            "EXIFTOOL",
            "where ExifTool is, which takes the position out of pictures; without it, they are refused where they may not keep it"
        )
        thumbnails = environment.optionalText(
            "VIPSTHUMBNAIL",
            "where vipsthumbnail is, with vipsheader beside it, which makes thumbnails of pictures; without it, there are none"
        )
        webhookKeys =
            environment.value(
                .init(
                    "WEBHOOK_KEYS",
                    "what seals the secrets of webhooks: random texts of at least 32 characters, separated by commas; the first seals, all open; without any there are no webhooks",
                    default: "",
                    isSecret: true
                ),
                expected: SealingKeys.expected
            ) { text in text.isEmpty ? .some(nil) : SealingKeys(text, for: "webhooks").map { .some($0) } } ?? nil
        webhookReach =
            environment.choice(
                .init(
                    "WEBHOOK_ADDRESSES",
                    "where webhooks can lead: public addresses with https, or local: any, also without TLS, for development",
                    default: WebhookReach.public.rawValue
                ),
                as: WebhookReach.self
            ) ?? .public
    }
}
