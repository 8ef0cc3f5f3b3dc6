import EventSchema
import Identifiers
import Responses
import TestSupport
import Testing

@testable import Assets

/// What is written by hand is what the types' own encoding says.
@Suite struct ResponseTests {
    @Test(
        arguments: [(nil, nil, []), (AssetID.sample(2), 62.5, ["roof", "north"])] as [(AssetID?, Double?, [String])]
    )
    func anAssetIsWrittenAsItIsEncoded(parent: AssetID?, power: Double?, tags: [String]) throws {
        for status in AssetStatus.allCases {
            try expectSameJSON(
                AssetResponse(
                    AssetState(
                        id: .sample(1),
                        tenant: .sunfield,
                        site: .sample(3),
                        siteCode: "SITE",
                        code: "INV-1",
                        name: "Inverter 1",
                        type: "inverter",
                        status: status,
                        parent: parent,
                        level: 2,
                        ratedPowerKW: power,
                        tags: tags,
                        version: 7
                    )
                )
            )
        }
    }
}
