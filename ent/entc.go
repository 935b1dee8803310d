//go:build ignore

// Entc writes ent/generated from ent/schema.
package main

import (
	"log"

	"entgo.io/ent/entc"
	"entgo.io/ent/entc/gen"
)

func main() {
	err := entc.Generate("./schema", &gen.Config{
		Target:  "./generated",
		Package: "roster/ent/generated",
		Features: []gen.Feature{
			gen.FeaturePrivacy, gen.FeatureLock, gen.FeatureModifier, gen.FeatureUpsert, gen.FeatureExecQuery,
			gen.FeatureVersionedMigration,
		},
	}, entc.TemplateDir("./template"))
	if err != nil {
		log.Fatal("generating ent: ", err)
	}
}
