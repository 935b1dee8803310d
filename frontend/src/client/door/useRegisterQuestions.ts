import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";

const RegisterQuestionsDocument = graphql(`
  query RegisterQuestions($language: String!) {
    securityQuestions {
      id
      text(language: $language)
    }
  }
`);

/** The questions that who registers can choose among, in the language of the interface. */
export function useRegisterQuestions(pause = false) {
  const { i18n } = useTranslation();
  return useQuery({
    query: RegisterQuestionsDocument,
    variables: { language: i18n.resolvedLanguage ?? "en" },
    pause,
  });
}
