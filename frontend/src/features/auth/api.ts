import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import {
  changePasswordMutation,
  createApiTokenMutation,
  deleteApiTokenMutation,
  forgotPasswordMutation,
  getConfigOptions,
  listApiTokensOptions,
  loginMutation,
  registerAccountMutation,
  resendVerificationMutation,
  resetPasswordMutation,
  updateMeMutation,
  verifyEmailMutation,
} from '@/lib/api/@tanstack/react-query.gen';
import { invalidate } from '@/lib/query';
import { adoptSession, updateSessionUser } from '@/lib/session';

/** What this installation allows, before anybody is signed in. */
export function useConfig() {
  return useQuery({ ...getConfigOptions(), staleTime: 5 * 60_000 });
}

export function useSignIn() {
  return useMutation({ ...loginMutation(), onSuccess: adoptSession });
}

export const useRegister = () => useMutation(registerAccountMutation());
export const useVerifyEmail = () => useMutation(verifyEmailMutation());
export const useResendVerification = () => useMutation(resendVerificationMutation());
export const useForgotPassword = () => useMutation(forgotPasswordMutation());
export const useResetPassword = () => useMutation(resetPasswordMutation());

export function useChangePassword() {
  return useMutation({ ...changePasswordMutation(), onSuccess: adoptSession });
}

export function useUpdateProfile() {
  return useMutation({ ...updateMeMutation(), onSuccess: updateSessionUser });
}

export function useApiTokens() {
  return useQuery(listApiTokensOptions({ query: { page_size: 100 } }));
}

export function useCreateApiToken() {
  const client = useQueryClient();
  return useMutation({
    ...createApiTokenMutation(),
    onSuccess: () => invalidate(client, 'listApiTokens'),
  });
}

export function useDeleteApiToken() {
  const client = useQueryClient();
  return useMutation({
    ...deleteApiTokenMutation(),
    // Not awaited: the row that asked goes with the answer, and has something to say before.
    onSuccess: () => void invalidate(client, 'listApiTokens'),
  });
}
