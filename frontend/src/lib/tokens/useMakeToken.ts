import { graphql } from "../../gen";
import { useAct } from "../api/useAct";

const CreateApiTokenDocument = graphql(`
  mutation CreateApiToken($input: CreateApiTokenInput!) {
    createApiToken(input: $input) {
      apiToken {
        id
      }
      secret
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** Makes an API token. Its secret is in the answer, this once. */
export const useMakeToken = () => useAct(CreateApiTokenDocument);
